import '@shared/theme/composants.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { demarchesQuery } from '@shared/api/queries'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { DemarcheCard } from '../components/DemarcheCard'
import { Drafts } from '../components/Drafts'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'
import classes from './Lists.module.css'

/** « Mes Demandes en Cours » and the drafts to finish (DEM-06). */
export function DemandesPage() {
  const { data, error, refetch } = useQuery(demarchesQuery({ etat: 'toutes', tri: 'ouverture', sens: 'desc', taille: 100 }))
  const requests = data?.items.filter((demarche) => demarche.phase === 'demande')
  return (
    <Page titre="Mes Demandes en Cours" etroite barre={<TopBar titre="Mes demandes" droite={<Bell />} />}>
      <Button component={Link} to="/services" leftSection={<IconPlus size={22} stroke={STROKE} />}>Nouvelle Demande</Button>
      <Drafts />
      <Section titre="Envoyées">
        {!requests && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={2} hauteur={110} />)}
        {requests?.length === 0 && <Card><EmptyState>Aucune demande en attente. Celles que nous avons validées sont dans « Mes démarches ».</EmptyState></Card>}
        <ul className={classes.list}>
          {requests?.map((demarche) => <li key={demarche.id}><DemarcheCard demarche={demarche} /></li>)}
        </ul>
      </Section>
    </Page>
  )
}
