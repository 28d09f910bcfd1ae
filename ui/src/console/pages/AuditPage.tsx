import { Button, Select, Table } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { equipeQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import type { AuditActions, AuditChain, AuditFamily, AuditPageView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { NBSP, shortDate, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { DateField } from '../components/DateField'
import { Screen, ScreenHead } from '../components/Screen'
import classes from './ParametresPage.module.css'

const FAMILIES: { value: AuditFamily; label: string }[] = [
  { value: 'connexions', label: 'Connexions' },
  { value: 'dossiers', label: 'Vie des dossiers' },
  { value: 'droits', label: 'Accès et droits' },
  { value: 'lectures', label: 'Lectures' },
  { value: 'documents', label: 'Documents' },
  { value: 'administration', label: 'Administration' },
  { value: 'refus', label: 'Refus' },
]

/** SEC-17: who did or read what, when, from where. */
export function AuditPage() {
  const moi = useMoi()
  const allowed = may(moi, 'audit.lire')
  return (
    <Screen fil={[{ libelle: 'Journal des accès' }]}>
      <ScreenHead titre="Journal des accès" sousTitre="Qui a fait ou lu quoi, quand et d’où. Rien ne s’y modifie ni ne s’y efface." />
      {allowed ? <Log /> : <Card><EmptyState>Ce journal est réservé à ceux qui en ont le droit : responsables et administrateurs, sauf choix contraire.</EmptyState></Card>}
    </Screen>
  )
}

function Log() {
  const [famille, setFamille] = useState<string | null>(null)
  const [acteur, setActeur] = useState<string | null>(null)
  const [du, setDu] = useState<string | null>(null)
  const [au, setAu] = useState<string | null>(null)
  const [dossier, setDossier] = useState<string | null>(null)
  const { data: staff } = useQuery(equipeQuery)
  const filters = { famille, acteur, du, au }
  const asked = (avant: number | null): string => {
    const query = new URLSearchParams(Object.entries(filters).flatMap(([key, value]) => (value ? [[key, value]] : [])))
    if (avant !== null) query.set('avant', String(avant))
    return `/api/audit?${query.toString()}`
  }
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) => call<AuditPageView>('GET', asked(pageParam), { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.suivant,
  })
  const lines = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <div className={classes.wide}>
      <Card>
        <div className={classes.filters}>
          <Select label="Type" placeholder="Tous" clearable clearButtonProps={{ 'aria-label': 'Effacer\u00a0: Type' }} data={FAMILIES} value={famille} onChange={setFamille} />
          <Select label="Personne" placeholder="Toutes" clearable clearButtonProps={{ 'aria-label': 'Effacer\u00a0: Personne' }} searchable data={(staff ?? []).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` }))} value={acteur} onChange={setActeur} />
          <DateField label="Du" value={du} onChange={setDu} />
          <DateField label="Au" value={au} onChange={setAu} />
        </div>
        <Chain />
      </Card>
      <Card>
        {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={8} hauteur={36} />)
          : lines.length === 0 ? <EmptyState>Aucune ligne ne correspond.</EmptyState>
          : (
            <div className={classes.lignes} role="region" aria-label="Journal des accès" tabIndex={0}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>Quand</Table.Th><Table.Th>Qui</Table.Th><Table.Th>Quoi</Table.Th><Table.Th>Client</Table.Th><Table.Th>Adresse IP</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {lines.map((line) => (
                    <Table.Tr key={line.seq}>
                      <Table.Td className={classes.when}>{shortDate(line.instant)}, {spokenHour(line.instant)}</Table.Td>
                      <Table.Td>{line.acteur}</Table.Td>
                      <Table.Td>
                        {line.objet_type === 'demarche' ? <Link to="/demarches/$id" params={{ id: line.objet_id }}>{line.libelle}</Link> : line.libelle}
                        {line.detail && <span className={classes.detail}>{line.detail}</span>}
                        {line.objet_type === 'demarche' && <Button variant="subtle" size="compact-xs" onClick={() => setDossier(line.objet_id)}>Toutes les actions sur ce dossier</Button>}
                      </Table.Td>
                      <Table.Td>{line.client_nom ?? '–'}</Table.Td>
                      <Table.Td>{line.ip ?? '–'}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )}
        {hasNextPage && <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>Voir la suite</Button>}
      </Card>
      {dossier && <Actions id={dossier} onClose={() => setDossier(null)} />}
    </div>
  )
}

/** Everything done on one démarche, and from where (SEC-18). */
function Actions({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', 'demarche', id],
    queryFn: ({ pageParam, signal }) => call<AuditActions>('GET', `/api/audit/demarches/${id}${pageParam ? `?avant=${pageParam}` : ''}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.suivant,
  })
  const first = data?.pages[0]
  const lines = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Dialog opened onClose={onClose} size="xl" title={first ? `${first.reference}, ${first.titre}` : 'Actions sur le dossier'}>
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={6} hauteur={36} />) : (
        <div className={classes.lignes} role="region" aria-label="Actions sur le dossier" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>Quand</Table.Th><Table.Th>Qui</Table.Th><Table.Th>Quoi</Table.Th><Table.Th>Adresse IP</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {lines.map((line) => (
                <Table.Tr key={line.id}>
                  <Table.Td className={classes.when}>{shortDate(line.at)}, {spokenHour(line.at)}</Table.Td>
                  <Table.Td>{line.acteur ?? 'Automatique'}</Table.Td>
                  <Table.Td>{line.titre}</Table.Td>
                  <Table.Td>{line.ip ?? '–'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {hasNextPage && <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>Voir la suite</Button>}
    </Dialog>
  )
}

/** Each line covers the one before it: one that was altered, removed or added shows. */
function Chain() {
  const check = useMutation({ mutationFn: () => call<AuditChain>('GET', '/api/audit/chaine') })
  const said = check.error ? messageOf(check.error)
    : !check.data ? ''
    : check.data.intacte ? 'Le journal est intact, de la première à la dernière ligne.'
    : `Le journal a été altéré${NBSP}: la ligne ${check.data.rupture} n’est plus celle qui a été écrite.`
  return (
    <div className={classes.actions}>
      <Button variant="default" leftSection={<IconShieldCheck size={16} stroke={STROKE} />} loading={check.isPending} onClick={() => check.mutate()}>Vérifier l’intégrité</Button>
      <span role="status" className={check.data?.intacte === false ? classes.error : undefined}>{said}</span>
    </div>
  )
}
