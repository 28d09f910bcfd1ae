import '@shared/theme/composants.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { messageOf } from '@shared/api/http'
import { NOTIFICATIONS_PAGE, notificationsQuery } from '@shared/api/queries'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { capital, relativeDay } from '@shared/format'
import { useReadNotifications } from '@shared/notifications/useReadNotifications'
import { NotificationLine } from '../components/NotificationLine'
import { Page } from '../components/Page'
import { Pages } from '../components/Pages'
import { TopBar } from '../components/Shell'
import { byDay } from '../notifications'
import classes from './Lists.module.css'

/** History of the bell (NOT-02). Opening a line reads it. */
export function NotificationsPage() {
  const [page, setPage] = useState(1)
  const { data, error, refetch } = useQuery(notificationsQuery(page))
  const read = useReadNotifications()
  return (
    <Page titre="Notifications" etroite barre={<TopBar titre="Notifications" retour={{ to: '/', libelle: 'Accueil' }} />}>
      {data && data.non_lues > 0 && (
        <Button variant="light" loading={read.isPending} onClick={() => read.mutate('toutes')}>Tout marquer comme lu</Button>
      )}
      {read.error && <p className={classes.error} role="alert">{messageOf(read.error)}</p>}
      <p className={classes.muted}>Vous choisissez ce que vous recevez aussi par email ou sur votre téléphone dans <Link to="/profil">votre profil</Link>.</p>
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={5} hauteur={76} />)}
      {data?.total === 0 && <EmptyState>Aucune notification pour l’instant.</EmptyState>}
      {data && data.items.length > 0 && (
        <>
          {byDay(data.items, (at) => capital(relativeDay(at))).map(({ jour, items }) => (
            <Section key={jour} titre={jour}>
              <Card nue>
                <ul>
                  {items.map((item) => <li key={item.id}><NotificationLine item={item} onOpen={() => !item.read_at && read.mutate([item.id])} /></li>)}
                </ul>
              </Card>
            </Section>
          ))}
        </>
      )}
      {data && <Pages page={page} taille={NOTIFICATIONS_PAGE} total={data.total} onChange={setPage} />}
    </Page>
  )
}
