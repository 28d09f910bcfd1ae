import { IconChevronRight, IconFlag } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { attentesQuery } from '@shared/api/queries'
import type { DemarcheLine } from '@shared/api/types'
import { ProgressBar } from '@shared/components/Progress'
import { References } from '@shared/components/References'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, dayOfYear, NBSP, nowOf } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import { ownStatus } from '@shared/statuses'
import classes from './DemarcheCard.module.css'
import { IconTile } from './IconTile'

/** A démarche in a list: where it is, whose turn, how far (DOS-02, DOS-03). */
export function DemarcheCard({ demarche: d }: { demarche: DemarcheLine }) {
  const request = d.phase === 'demande'
  const over = d.cycle !== 'ouverte' && d.cycle !== 'suspendue'
  const place = request
    ? `Demande envoyée le ${dayOfYear(d.opened_at, nowOf(d))}`
    : over
      ? `Réf.${NBSP}${d.reference}`
      : [d.etape_rang > 0 && `Étape ${d.etape_rang} sur ${d.etapes_total}`, d.etape_titre].filter(Boolean).join(' · ') || `Réf.${NBSP}${d.reference}`
  return (
    <Link to="/demarches/$id" params={{ id: d.id }} className={classes.card}>
      <span className={classes.head}>
        <IconTile icone={iconNamed(d.icone)} />
        <span className={classes.names}>
          <strong>{d.titre}</strong>
          <span><References>{place}</References></span>
        </span>
        <span className={classes.badge}>
          <StatusBadge objet="demarche" cle={d.statut} perso={ownStatus(d)} />
        </span>
        <IconChevronRight className={classes.chevron} size={22} stroke={STROKE} aria-hidden />
      </span>
      {!request && (
        <span className={classes.foot}>
          <span className={classes.bar}><ProgressBar part={d.progression / 100} nom={`Progression de ${d.titre}`} ton={over ? 'fait' : 'cabinet'} /></span>
          <Forecast demarche={d} />
        </span>
      )}
    </Link>
  )
}

function Forecast({ demarche: d }: { demarche: DemarcheLine }) {
  const { data } = useQuery(attentesQuery)
  const mine = data?.items.filter((item) => item.demarche_id === d.id) ?? []
  if (d.closed_at) return <span className={classes.forecast}>Clôturée le <b>{dayOfYear(d.closed_at, nowOf(d))}</b></span>
  if (mine.length === 0) return <span className={classes.forecast}>Rien à faire pour vous</span>
  const next = mine.map((item) => item.due_at).filter((at) => at !== null).sort()[0]
  if (!next) return <span className={classes.forecast}>{count(mine.length, 'chose')} à faire</span>
  return (
    <span className={classes.forecast}>
      <IconFlag size={18} stroke={STROKE} aria-hidden /> À faire avant le <b>{dayOfYear(next, nowOf(d))}</b>
    </span>
  )
}
