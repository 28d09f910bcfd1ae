import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { shortDate, spokenHour } from '@shared/format'
import auteur from '../modeles/Auteur.module.css'
import classes from './Reglages.module.css'

export type Version = components['schemas']['VersionCourrielVue'] | components['schemas']['VersionExportVue']

interface Props<V extends Version, Vue> {
  /** Where the model is read and written. */
  adresse: string
  cles: readonly string[]
  titre: string
  /** Said of a text in the list. */
  nommer: (each: V) => string
  /** Version of the text read. */
  version: number
  remettre: (each: V) => Promise<Vue>
  onBack: (seen: Vue) => void
  onClose: () => void
}

/** Every text that a model has had: who wrote it, when, and what it said; one may be put back (NOT-05, PDF-04). */
export function Versions<V extends Version, Vue>({ adresse, cles, titre, nommer, version, remettre, onBack, onClose }: Props<V, Vue>) {
  const { data, error, refetch } = useQuery({
    queryKey: [...cles, 'versions', version],
    queryFn: ({ signal }) => call<V[]>('GET', `${adresse}/versions`, { signal }),
  })
  const [shown, setShown] = useState<number | null>(null)
  const back = useMutation({
    mutationFn: remettre,
    onSuccess: (seen) => {
      onBack(seen)
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={titre} size={680}>
      {back.error && <p className={classes.erreur} role="alert">{messageOf(back.error)}</p>}
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={48} />)
        : data.length === 0 ? <EmptyState>Ce texte n’a jamais été réécrit.</EmptyState>
        : (
          <ul className={classes.versions}>
            {data.map((each) => (
              <li key={each.version}>
                <div>
                  <strong>{nommer(each)}</strong>
                  <span className={classes.doux}>Le {shortDate(each.at)} à {spokenHour(each.at)}{each.par ? `, par ${each.par}` : ''}</span>
                </div>
                {each.sert && <span className={auteur.bilan} data-etat="bon">Sert aujourd’hui</span>}
                {each.corps !== null && <Button variant="subtle" size="compact-sm" aria-expanded={shown === each.version} onClick={() => setShown(shown === each.version ? null : each.version)}>Lire</Button>}
                {!each.sert && <Button variant="default" size="compact-sm" loading={back.isPending && back.variables.version === each.version} onClick={() => back.mutate(each)}>Remettre</Button>}
                {shown === each.version && <pre tabIndex={0}>{each.corps}</pre>}
              </li>
            ))}
          </ul>
        )}
    </Dialog>
  )
}
