import '@mantine/core/styles.layer.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconChevronRight, IconPencil, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { brouillonsQuery, catalogueQuery, demarchesQuery } from '@shared/api/queries'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { moment } from '@shared/format'
import { STROKE } from '@shared/icons'
import { DemarcheCard } from '../components/DemarcheCard'
import { IconTile } from '../components/IconTile'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'
import classes from './Lists.module.css'

/** « Mes demandes en cours » and the drafts to finish (DEM-06). */
export function DemandesPage() {
  const drafts = useQuery(brouillonsQuery)
  const catalogue = useQuery(catalogueQuery(undefined))
  const { data, error, refetch } = useQuery(demarchesQuery({ etat: 'toutes', tri: 'ouverture', sens: 'desc', taille: 100 }))
  const requests = data?.items.filter((demarche) => demarche.phase === 'demande')
  return (
    <Page titre="Mes demandes en cours" etroite barre={<TopBar titre="Mes demandes" droite={<Bell />} />}>
      <Button component={Link} to="/services" leftSection={<IconPlus size={22} stroke={STROKE} />}>Nouvelle demande</Button>
      {drafts.data && drafts.data.length > 0 && (
        <Section titre="À terminer">
          <Card nue>
            <ul>
              {drafts.data.map((draft) => (
                <li key={`${draft.modele}/${draft.tiers_id}`}>
                  <Link to="/services/$modele" params={{ modele: draft.modele }} search={{ tiers: draft.tiers_id }} className={classes.row}>
                    <IconTile icone={IconPencil} ton="neutre" taille={42} />
                    <div>
                      <strong>{catalogue.data?.find(({ modele }) => modele === draft.modele)?.libelle ?? 'Demande à terminer'}</strong>
                      <p>Brouillon enregistré {moment(draft.updated_at)}</p>
                    </div>
                    <IconChevronRight size={22} stroke={STROKE} aria-hidden />
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        </Section>
      )}
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
