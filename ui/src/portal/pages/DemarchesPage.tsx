import '@shared/theme/composants.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { demarchesQuery } from '@shared/api/queries'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { ALL_LIST } from '../attentes'
import { DemarcheCard } from '../components/DemarcheCard'
import { Page } from '../components/Page'
import { Pages } from '../components/Pages'
import { RUBRIQUES, Rubriques } from '../components/Rubriques'
import { Bell, TopBar } from '../components/Shell'
import classes from './Lists.module.css'
import { RubriquePage } from './RubriquePage'

/** All the démarches, or one section of them: an address of its own would weigh on the portal's first load. */
export function DemarchesPage() {
  const { rubrique } = useSearch({ strict: false }) as { rubrique?: string }
  const found = RUBRIQUES.find(({ cle }) => cle === rubrique)
  return found ? <RubriquePage key={found.cle} rubrique={found} /> : <All />
}

/** Every démarche of the client, in progress and over (DOS-02). */
function All() {
  const [etat, setEtat] = useState<'ouvertes' | 'terminees'>('ouvertes')
  const [page, setPage] = useState(1)
  const { data, error, refetch } = useQuery(demarchesQuery({ ...ALL_LIST, etat, page }))
  return (
    <Page titre="Mes démarches" chapeau="Vos dossiers et vos missions, en cours ou archivés." etroite barre={<TopBar titre="Mes démarches" droite={<Bell />} />}>
      <Rubriques />
      <SegmentedControl
        aria-label="Quelles démarches"
        fullWidth
        size="md"
        radius="xl"
        data={[{ value: 'ouvertes', label: 'En cours' }, { value: 'terminees', label: 'Archivées' }]}
        value={etat}
        onChange={(value) => {
          setEtat(value as typeof etat)
          setPage(1)
        }}
      />
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={130} />)}
      {data?.total === 0 && (
        <EmptyState action={etat === 'ouvertes' && <Button component={Link} to="/services">Nouvelle Demande</Button>}>
          {etat === 'ouvertes' ? 'Aucune démarche pour l’instant. De quoi avez-vous besoin ?' : 'Aucune démarche archivée pour l’instant.'}
        </EmptyState>
      )}
      <ul className={classes.list}>
        {data?.items.map((demarche) => <li key={demarche.id}><DemarcheCard demarche={demarche} /></li>)}
      </ul>
      {data && <Pages page={page} taille={ALL_LIST.taille} total={data.total} onChange={setPage} />}
    </Page>
  )
}
