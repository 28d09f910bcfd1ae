import { Popover } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconBell } from '@tabler/icons-react'
import { useState } from 'react'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { bellOf } from '@shared/notifications/bellOf'
import { useReadNotifications } from '@shared/notifications/useReadNotifications'
import { notificationsRecentesQuery } from '../api/queries'
import classes from './Bell.module.css'
import { NotificationLine } from './NotificationLine'
import shell from './Shell.module.css'
import { toastFailure } from './toasts'

/** Notifications: how many are unread, the last of them, and the way to all of them (NOT-09, NOT-13). */
export function Bell() {
  const [open, setOpen] = useState(false)
  const { data, error, refetch } = useQuery(notificationsRecentesQuery)
  const unread = data?.non_lues ?? 0

  const read = useReadNotifications(toastFailure)

  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={380} shadow="md" radius={14} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={shell.bell}
          onClick={() => setOpen(!open)}
          aria-label={bellOf(unread).nom}
        >
          <IconBell size={19} stroke={STROKE} aria-hidden />
          {unread > 0 && <span className={shell.unread} aria-hidden>{bellOf(unread).nombre}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={classes.head}>
          <h2>Notifications</h2>
          {unread > 0 && <button type="button" className={classes.all} disabled={read.isPending} onClick={() => read.mutate('toutes')}>Tout marquer comme lu</button>}
        </div>
        <div className={classes.list}>
          {error ? <ErrorState error={error} onRetry={() => void refetch()} />
            : !data ? <SkeletonRows lignes={4} hauteur={54} />
            : data.items.length === 0 ? <EmptyState>Aucune notification pour l’instant.</EmptyState>
            : (
              <ul>
                {data.items.map((item) => (
                  <li key={item.id}>
                    <NotificationLine
                      item={item}
                      onOpen={() => {
                        setOpen(false)
                        if (!item.read_at) read.mutate([item.id])
                      }}
                    />
                  </li>
                ))}
              </ul>
            )}
        </div>
        <Link to="/notifications" className={classes.history} onClick={() => setOpen(false)}>Tout l’historique</Link>
      </Popover.Dropdown>
    </Popover>
  )
}
