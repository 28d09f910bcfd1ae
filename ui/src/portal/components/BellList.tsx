import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { messageOf } from '@shared/api/http'
import { notificationsQuery } from '@shared/api/queries'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { count } from '@shared/format'
import { useReadNotifications } from '@shared/notifications/useReadNotifications'
import { NotificationLine } from './NotificationLine'
import classes from './BellList.module.css'

/** Under the bell: the rest is in the history. */
const SHOWN = 5

/** The last notifications, how many are unread, and the way to all of them (NOT-08). */
export default function BellList({ onClose }: { onClose: () => void }) {
  const { data, error, refetch } = useQuery(notificationsQuery())
  const read = useReadNotifications()
  return (
    <>
      <div className={classes.head}>
        <h2>Notifications</h2>
        {data && data.non_lues > 0 && (
          <>
            <span>{count(data.non_lues, 'non lue', 'non lues')}</span>
            <button type="button" disabled={read.isPending} onClick={() => read.mutate('toutes')}>Tout marquer comme lu</button>
          </>
        )}
      </div>
      {read.error && <p className={classes.error} role="alert">{messageOf(read.error)}</p>}
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={76} />)
        : data.items.length === 0 ? <EmptyState>Aucune notification pour l’instant.</EmptyState>
        : (
          <ul>
            {data.items.slice(0, SHOWN).map((item) => (
              <li key={item.id}>
                <NotificationLine
                  item={item}
                  onOpen={() => {
                    onClose()
                    if (!item.read_at) read.mutate([item.id])
                  }}
                />
              </li>
            ))}
          </ul>
        )}
      <Link to="/notifications" className={classes.all} onClick={onClose}>Tout voir</Link>
    </>
  )
}
