import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { IconFolder, IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { demarchesQuery, equipeQuery, historiqueQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, phone, siret } from '@shared/format'
import { STROKE } from '@shared/icons'
import { tiersDetailQuery } from '../api/queries'
import { families, Lines } from '../cockpit/Lines'
import { Chips } from '../components/Chips'
import { Screen, ScreenHead } from '../components/Screen'
import { tiersTypes } from '../components/tiers'
import classes from './ClientPage.module.css'

const Abonnement = lazy(() => import('../clients/Abonnement').then((module) => ({ default: module.Abonnement })))

const AccesPortail = lazy(() => import('../clients/AccesPortail').then((module) => ({ default: module.AccesPortail })))

const Notifications = lazy(() => import('../clients/Notifications').then((module) => ({ default: module.Notifications })))

const Projets = lazy(() => import('../clients/Projets').then((module) => ({ default: module.Projets })))

/** A client: who they are, their démarches, and all that happened with them (TL-01, TL-15). */
export function ClientPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(tiersDetailQuery(id))
  const { data: staff } = useQuery(equipeQuery)
  const moi = useMoi()
  const adviser = staff?.find((each) => each.id === data?.conseiller_id)
  const mayInvite = may(moi, 'acces.gerer')
  return (
    <Screen fil={[{ libelle: 'Clients et tiers', to: '/clients' }, { libelle: data?.nom ?? '…' }]}>
      <ScreenHead titre={data?.nom ?? 'Client'} sousTitre={data ? [tiersTypes[data.type] ?? data.type, adviser && `suivi par ${adviser.prenom} ${adviser.nom}`].filter(Boolean).join(' · ') : ' '}>
        <Button component={Link} to={`/clients/${id}/documents`} variant="default" leftSection={<IconFolder size={16} stroke={STROKE} />}>Documents</Button>
        {may(moi, 'demarche.ouvrir') && <Button component={Link} to="/nouvelle" search={{ client: id } as never} leftSection={<IconPlus size={16} stroke={STROKE} />}>Nouvelle démarche</Button>}
      </ScreenHead>
      {!data ? <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={6} hauteur={54} />}</Card> : (
        <div className={classes.columns}>
          <div className={classes.side}>
            <Card>
              <h2 className={classes.title}>Coordonnées</h2>
              <dl className={classes.facts}>
                {data.siret && <div><dt>SIRET</dt><dd>{siret(data.siret)}</dd></div>}
                {data.adresse && <div><dt>Adresse</dt><dd>{data.adresse}</dd></div>}
                {data.email && <div><dt>Email</dt><dd><a href={`mailto:${data.email}`}>{data.email}</a></dd></div>}
                {data.telephone && <div><dt>Téléphone</dt><dd><a href={`tel:${data.telephone.replace(/\s/g, '')}`}>{phone(data.telephone)}</a></dd></div>}
                {!mayInvite && data.contacts.map((contact) => (
                  <div key={contact.id}><dt>{contact.fonction ?? 'Contact'}</dt><dd>{contact.prenom} {contact.nom}<br /><a href={`mailto:${contact.email}`}>{contact.email}</a></dd></div>
                ))}
              </dl>
            </Card>
            {mayInvite && <Suspense><AccesPortail id={id} nom={data.nom} /></Suspense>}
            <Suspense><Projets id={id} /></Suspense>
            <Suspense><Abonnement id={id} inclus={data.prestations_incluses} /></Suspense>
            <Demarches id={id} />
            <Suspense><Notifications id={id} /></Suspense>
          </div>
          <Fil id={id} />
        </div>
      )}
    </Screen>
  )
}

function Demarches({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(demarchesQuery({ client: id, etat: 'ouvertes', tri: 'maj', sens: 'desc', taille: 8 }))
  return (
    <Card nue>
      <div className={classes.head}>
        <h2 className={classes.title}>Démarches en cours</h2>
        <Link to="/demarches" search={{ client: id, etat: 'toutes' } as never}>Toutes</Link>
      </div>
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={54} />)
        : data.items.length === 0 ? <EmptyState>Aucune démarche ouverte.</EmptyState>
        : (
          <ul>
            {data.items.map((line) => (
              <li key={line.id} className={classes.row}>
                <Link to="/demarches/$id" params={{ id: line.id } as never}>{line.titre}</Link>
                <StatusBadge objet={line.phase === 'demande' ? 'demande' : 'demarche'} cle={line.statut} perso={{ libelle: line.statut_libelle, couleur: line.statut_couleur, icone: line.statut_icone }} court />
              </li>
            ))}
          </ul>
        )}
    </Card>
  )
}

/** « Fil d’activité »: every démarche of the client together. */
function Fil({ id }: { id: string }) {
  const [famille, setFamille] = useState('tout')
  const feed = useInfiniteQuery(historiqueQuery(id, famille === 'tout' ? null : famille))
  const counts = feed.data?.pages[0]?.familles ?? {}
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0)
  return (
    <Card>
      <div className={classes.feedHead}>
        <h2 className={classes.title}>Fil d’activité</h2>
        {feed.data && <span>{count(total, 'événement')}</span>}
      </div>
      <Chips
        nom="Filtrer par type"
        valeur={famille}
        onChange={setFamille}
        options={[{ cle: 'tout', libelle: 'Tout' }, ...families.filter(({ cle }) => counts[cle]).map(({ cle, libelle }) => ({ cle, libelle, n: counts[cle] }))]}
      />
      <Lines feed={feed} nommees />
    </Card>
  )
}
