import { Badge, Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { shortDate, spokenHour } from '@shared/format'
import { COURRIELS, ROOT } from './courriels'
import classes from './Reglages.module.css'

type Courriel = components['schemas']['ModeleCourrielVue']
type Version = components['schemas']['VersionCourrielVue']

interface Props {
  cle: string
  /** Version of the text read. */
  version: number
  onBack: (seen: Courriel) => void
  onClose: () => void
}

/** Every text that a mail has had: who wrote it, when, and what it said; one may be put back (NOT-05). */
export function Versions({ cle, version, onBack, onClose }: Props) {
  const { data, error, refetch } = useQuery({
    queryKey: [...COURRIELS, cle, 'versions', version],
    queryFn: ({ signal }) => call<Version[]>('GET', `${ROOT}/${cle}/versions`, { signal }),
  })
  const [shown, setShown] = useState<number | null>(null)
  const back = useMutation({
    mutationFn: ({ format, sujet, corps }: Version) => call<Courriel>('PUT', `${ROOT}/${cle}`, { body: { format, sujet, corps, version } }),
    onSuccess: (seen) => {
      onBack(seen)
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title="Versions de cet e-mail" size={680}>
      {back.error && <p className={classes.erreur} role="alert">{messageOf(back.error)}</p>}
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={48} />)
        : data.length === 0 ? <EmptyState>Cet e-mail n’a jamais été réécrit.</EmptyState>
        : (
          <ul className={classes.versions}>
            {data.map((each) => (
              <li key={each.version}>
                <div>
                  <strong>{each.sujet}</strong>
                  <span className={classes.doux}>Le {shortDate(each.at)} à {spokenHour(each.at)}{each.par ? `, par ${each.par}` : ''}</span>
                </div>
                {each.sert && <Badge>Sert aujourd’hui</Badge>}
                <Button variant="subtle" size="compact-sm" aria-expanded={shown === each.version} onClick={() => setShown(shown === each.version ? null : each.version)}>Lire</Button>
                {!each.sert && <Button variant="default" size="compact-sm" loading={back.isPending && back.variables.version === each.version} onClick={() => back.mutate(each)}>Remettre</Button>}
                {shown === each.version && <pre tabIndex={0}>{each.corps}</pre>}
              </li>
            ))}
          </ul>
        )}
    </Dialog>
  )
}
