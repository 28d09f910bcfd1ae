import { Button, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconDownload } from '@tabler/icons-react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { sejour } from '../components/sejour'
import classes from './Modeles.module.css'

type Mesure = components['schemas']['MesureEtape']

const HEURE = 3_600

/** As the map says it: what is shorter than an hour keeps nobody waiting. */
const mediane = (seconds: number): string => (seconds < HEURE ? 'moins d’une heure' : sejour(seconds))

const cotes: Record<string, string> = { cabinet: 'le cabinet', client: 'le client', tiers: 'un tiers' }

/** Étape by étape over all the démarches of a modèle: passages, median stays, where work waits. */
export function Mesures({ cle }: { cle: string }) {
  const base = `/api/modeles/${encodeURIComponent(cle)}`
  const { data, error, refetch } = useQuery({ queryKey: ['modeles', cle, 'mesures'], queryFn: () => call<Mesure[]>('GET', `${base}/mesures`) })
  const passed = data?.filter((each) => each.passages > 0) ?? []
  const longest = Math.max(0, ...passed.map((each) => each.mediane_s ?? 0))
  return (
    <Card>
      <div className={classes.mesuresTete}>
        <h2 className={classes.title}>Où l’on passe, où l’on attend</h2>
        <Button component="a" href={`${base}/journal.xes`} download variant="default" size="xs" leftSection={<IconDownload size={15} stroke={STROKE} />}>Journal (XES)</Button>
      </div>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} />
        : !data ? <SkeletonRows lignes={4} hauteur={36} />
        : passed.length === 0 ? <EmptyState>Aucune démarche n’est encore passée par ce modèle.</EmptyState>
        : (
            <div className={classes.defile} tabIndex={0} role="group" aria-label="Passages et durées par étape">
              <Table>
                <Table.Thead>
                  <Table.Tr><Table.Th>Étape</Table.Th><Table.Th>Passages</Table.Th><Table.Th>Durée médiane</Table.Th><Table.Th>En cours</Table.Th><Table.Th>On y attend</Table.Th></Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {passed.map((each) => (
                    <Table.Tr key={each.etape}>
                      <Table.Td>{each.titre}</Table.Td>
                      <Table.Td data-libelle="Passages">{each.passages}</Table.Td>
                      <Table.Td data-libelle="Durée médiane">
                        {each.mediane_s === null ? '' : each.mediane_s === longest && longest >= HEURE
                          ? <strong>{mediane(each.mediane_s)} (la plus longue)</strong>
                          : mediane(each.mediane_s)}
                      </Table.Td>
                      <Table.Td data-libelle="En cours">{each.en_cours || ''}</Table.Td>
                      <Table.Td data-libelle="On y attend">{Object.entries(each.attendus).map(([cote, number]) => `${cotes[cote] ?? cote} (${number})`).join(', ')}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
        )}
    </Card>
  )
}
