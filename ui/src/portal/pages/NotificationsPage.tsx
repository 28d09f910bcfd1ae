import '@shared/theme/composants.css'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconBell, IconChevronRight, IconMail, IconRoute } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '@shared/api/http'
import { NOTIFICATIONS_PAGE, notificationsQuery } from '@shared/api/queries'
import type { Notification } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { capital, NBSP, relativeDay, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { IconTile } from '../components/IconTile'
import { Page } from '../components/Page'
import { Pages } from '../components/Pages'
import { TopBar } from '../components/Shell'
import { byDay, destination } from '../notifications'
import classes from './Lists.module.css'

/** History of the bell (NOT-02). Opening a line reads it. */
export function NotificationsPage() {
  const client = useQueryClient()
  const [page, setPage] = useState(1)
  const { data, error, refetch } = useQuery(notificationsQuery(page))
  const read = useMutation({
    mutationFn: (ids?: string[]) => call('PUT', '/api/notifications/lues', { body: ids ? { ids } : {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  })
  return (
    <Page titre="Notifications" etroite barre={<TopBar titre="Notifications" retour={{ to: '/', libelle: 'Accueil' }} />}>
      {data && data.non_lues > 0 && (
        <Button variant="light" loading={read.isPending} onClick={() => read.mutate(undefined)}>Tout marquer comme lu</Button>
      )}
      <p className={classes.muted}>Vous choisissez ce que vous recevez aussi par <span className="el-insecable">e-mail</span> ou sur votre téléphone dans <Link to="/profil">votre profil</Link>.</p>
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={5} hauteur={76} />)}
      {data?.total === 0 && <EmptyState>Aucune notification pour l’instant.</EmptyState>}
      {data && data.items.length > 0 && (
        <>
          {byDay(data.items, (at) => capital(relativeDay(at))).map(({ jour, items }) => (
            <Section key={jour} titre={jour}>
              <Card nue>
                <ul>
                  {items.map((item) => <li key={item.id}><Line item={item} onOpen={() => !item.read_at && read.mutate([item.id])} /></li>)}
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

function Line({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  const content = (
    <>
      <IconTile icone={item.demarche_id ? IconRoute : item.type.includes('courriel') ? IconMail : IconBell} ton={item.read_at ? 'neutre' : 'cabinet'} taille={42} />
      <div>
        <strong>{item.texte}</strong>
        <p>{item.demarche && `${item.demarche}${NBSP}· `}{spokenHour(item.created_at)}{item.envois.some(({ canal, etat }) => canal === 'courriel' && etat === 'fait') && <>{NBSP}· envoyée par <span className="el-insecable">e-mail</span></>}{!item.read_at && <span className="el-hors-vue">, non lue</span>}</p>
      </div>
    </>
  )
  const target = destination(item)
  if (!target) return <div className={classes.row} data-nonlu={!item.read_at || undefined}>{content}</div>
  return (
    <Link to="/demarches/$id" params={{ id: target.id }} search={target.onglet ? { onglet: target.onglet } : {}} className={classes.row} data-nonlu={!item.read_at || undefined} onClick={onOpen}>
      {content}
      <IconChevronRight size={22} stroke={STROKE} aria-hidden />
    </Link>
  )
}
