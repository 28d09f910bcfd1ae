import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconBell } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { NotificationsEcrites } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { moment } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { toldOf } from '@shared/notifications/envois'
import { NotificationDialog } from '../components/NotificationDialog'
import page from '../pages/ClientPage.module.css'
import classes from './Notifications.module.css'

/** What the firm wrote to a client outside of any démarche, and who read it (NOT-14, NOT-07). */
export function Notifications({ id }: { id: string }) {
  const now = useNow()
  const client = useQueryClient()
  const chemin = `/api/tiers/${id}/notifications`
  const { data, error, refetch } = useQuery({
    queryKey: ['tiers', id, 'notifications'],
    queryFn: ({ signal }) => call<NotificationsEcrites>('GET', chemin, { signal }),
  })
  const [writing, setWriting] = useState(false)
  return (
    <Card>
      <div className={classes.head}>
        <h2 className={page.title}>Notifications écrites</h2>
        <Button size="xs" variant="default" leftSection={<IconBell size={16} stroke={STROKE} />} aria-label="Écrire une notification" onClick={() => setWriting(true)}>Écrire</Button>
      </div>
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={2} hauteur={54} />)
        : data.items.length === 0 ? <EmptyState>Rien d’écrit à ce client hors de ses démarches.</EmptyState>
        : (
          <ul className={classes.list}>
            {data.items.map((line) => (
              <li key={line.id}>
                <p>{line.texte}</p>
                <p className={classes.small}>{line.par}, {moment(line.at, now)}</p>
                {line.prevenus.map((person) => <p key={person.nom} className={classes.small}>{toldOf(person)}</p>)}
              </li>
            ))}
          </ul>
        )}
      {writing && (
        <NotificationDialog
          exemple="Le cabinet est fermé du 24 au 31 décembre."
          tiers={id}
          onSend={async (texte, key, autres) => {
            await call('POST', chemin, { body: { texte, autres: autres.map(({ value }) => value) }, idempotencyKey: key })
            await client.invalidateQueries({ queryKey: ['tiers'] })
          }}
          onClose={() => setWriting(false)}
        />
      )}
    </Card>
  )
}
