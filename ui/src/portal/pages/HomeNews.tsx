import { useQuery } from '@tanstack/react-query'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { attentesQuery, conseillerQuery, demarchesQuery, notificationsQuery } from '@shared/api/queries'
import type { Notification } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { fullDate, moment } from '@shared/format'
import { STROKE } from '@shared/icons'
import { DATES_LIST, upcoming } from '../attentes'
import { AdviserCard } from '../components/AdviserCard'
import { QrCode } from '../components/QrCode'
import { destination } from '../notifications'
import { Invitation as Install } from '../offline/Invitation'
import classes from './HomeNews.module.css'


const NEWS = 4

/** What comes next (DOS-04). */
export function Dates() {
  const attentes = useQuery(attentesQuery)
  const demarches = useQuery(demarchesQuery(DATES_LIST))
  const dates = upcoming(attentes.data?.items ?? [], demarches.data?.items ?? [])
  if (dates.length === 0) return null
  return (
    <Section titre="Prochaines dates">
      <Card nue>
        <ul>
          {dates.map(({ cle, at, titre, demarche, demarcheId }) => (
            <li key={cle}>
              <Link to="/demarches/$id" params={{ id: demarcheId }} className={classes.row}>
                <time dateTime={at} className={classes.day}>
                  <span className="el-hors-vue">{fullDate(at)} : </span>
                  <strong aria-hidden>{new Date(at).toLocaleDateString('fr-FR', { day: 'numeric' })}</strong>
                  <span aria-hidden>{new Date(at).toLocaleDateString('fr-FR', { month: 'short' })}</span>
                </time>
                <span className={classes.text}><strong>{titre}</strong><span>{demarche}</span></span>
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  )
}

/** Who to ask. */
export function Adviser() {
  const { data } = useQuery(conseillerQuery)
  return data ? <Section titre="Votre Conseiller"><AdviserCard conseiller={data} /></Section> : null
}

/** This space elsewhere: installed, or on a phone by its code (PWA-01, QR-04). */
export function Invitation() {
  return (
    <div className={classes.elsewhere}>
      <Install />
      <QrCode adresse="/api/moi/qr" texte="Votre espace sur un autre appareil : scannez ce code, puis connectez-vous." />
    </div>
  )
}

/** What has just happened (NOT-08). */
export function News() {
  const { data } = useQuery(notificationsQuery())
  if (!data || data.items.length === 0) return null
  return (
    <Section
      titre="Dernières nouvelles"
      aside={<Link to="/notifications" className={classes.all}>Tout voir <IconChevronRight size={18} stroke={STROKE} aria-hidden /></Link>}
    >
      <Card nue>
        <ul>
          {data.items.slice(0, NEWS).map((item) => (
            <li key={item.id}>
              <NewsLine item={item} />
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  )
}

function NewsLine({ item }: { item: Notification }) {
  const target = destination(item)
  const content = (
    <>
      <span>{item.texte}</span>
      <span>{item.demarche && `${item.demarche}, `}{moment(item.created_at)}{!item.read_at && <span className="el-hors-vue">, non lue</span>}</span>
    </>
  )
  if (!target) return <Link to="/notifications" className={classes.news} data-nonlu={!item.read_at || undefined}>{content}</Link>
  return (
    <Link to="/demarches/$id" params={{ id: target.id }} search={target.onglet ? { onglet: target.onglet } : {}} className={classes.news} data-nonlu={!item.read_at || undefined}>
      {content}
    </Link>
  )
}
