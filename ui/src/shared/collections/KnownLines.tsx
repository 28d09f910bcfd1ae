import { useQuery } from '@tanstack/react-query'
import { IconHistory } from '@tabler/icons-react'
import { call } from '../api/http'
import type { CollectionView, LigneConnue } from '../api/types'
import { shortDate, NBSP } from '../format'
import { STROKE } from '../icons'
import classes from './Collections.module.css'

/** Whether a line of this form may be taken over from elsewhere. */
export const takesOver = (schema: { properties?: Record<string, object> }): boolean => Object.values(schema.properties ?? {}).some((field) => 'x-reprend' in field)

interface Props {
  demarcheId: string
  collection: CollectionView
  chosen: LigneConnue | null
  onChoose: (known: LigneConnue) => void
}

/** Lines that the client's other démarches already tell: one is chosen, looked at, then added (CRE-25). */
export function KnownLines({ demarcheId, collection, chosen, onChoose }: Props) {
  const { data } = useQuery({
    queryKey: ['lignes-connues', demarcheId, collection.cle],
    queryFn: ({ signal }) => call<{ items: LigneConnue[] }>('GET', `/api/demarches/${demarcheId}/collections/${collection.cle}/lignes/connues`, { signal }),
  })
  if (!data?.items.length) return null
  return (
    <fieldset className={classes.known}>
      <legend>Déjà connus</legend>
      <ul>
        {data.items.map((known, index) => (
          // Two démarches may tell lines of the same name.
          <li key={index}>
            <button type="button" aria-pressed={known === chosen} onClick={() => onChoose(known)}>
              <IconHistory size={18} stroke={STROKE} aria-hidden />
              <span>
                <strong>{known.nom}</strong>
                <span>{known.provenance === known.nom ? '' : `${known.provenance} · `}noté le {shortDate(known.le)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen && <p role="status" className={classes.note}>Les champs sont remplis{NBSP}: vérifiez qu’ils sont à jour.</p>}
    </fieldset>
  )
}
