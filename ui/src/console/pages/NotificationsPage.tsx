import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { NOTIFICATIONS_PAGE, notificationsQuery } from '@shared/api/queries'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { count } from '@shared/format'
import { useReadNotifications } from '@shared/notifications/useReadNotifications'
import { Chips } from '../components/Chips'
import { NotificationLine } from '../components/NotificationLine'
import { Pages } from '../components/Pages'
import { Screen, ScreenHead } from '../components/Screen'
import { toastFailure } from '../components/toasts'

const LUES = [{ cle: 'toutes', libelle: 'Toutes' }, { cle: 'non_lues', libelle: 'Non lues' }]

/** The whole history of the bell, read or not (NOT-13). */
export function NotificationsPage() {
  const [page, setPage] = useState(1)
  const [lues, setLues] = useState('toutes')
  const { data, error, refetch } = useQuery(notificationsQuery(page, lues === 'non_lues'))
  const read = useReadNotifications(toastFailure)
  const pages = data ? Math.ceil((lues === 'non_lues' ? data.non_lues : data.total) / NOTIFICATIONS_PAGE) : 0
  return (
    <Screen fil={[{ libelle: 'Notifications' }]}>
      <ScreenHead titre="Notifications" {...(data ? { sousTitre: data.non_lues > 0 ? count(data.non_lues, 'non lue', 'non lues') : 'Tout est lu' } : {})}>
        {data && data.non_lues > 0 && <Button variant="default" loading={read.isPending && read.variables === 'toutes'} onClick={() => read.mutate('toutes')}>Tout marquer comme lu</Button>}
      </ScreenHead>
      <Chips
        nom="Lesquelles"
        options={LUES}
        valeur={lues}
        onChange={(value) => {
          setLues(value)
          setPage(1)
        }}
      />
      <Card nue>
        {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={8} hauteur={54} />)
          : data.items.length === 0 ? <EmptyState>{lues === 'non_lues' ? 'Tout est lu.' : 'Aucune notification pour l’instant.'}</EmptyState>
          : <ul>{data.items.map((item) => <li key={item.id}><NotificationLine item={item} onOpen={() => !item.read_at && read.mutate([item.id])} /></li>)}</ul>}
      </Card>
      <Pages total={pages} page={page} onChange={setPage} />
    </Screen>
  )
}
