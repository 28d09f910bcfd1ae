import { IconChevronRight, IconFlag } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { DemarcheLine } from '@shared/api/types'
import { ProgressBar } from '@shared/components/Progress'
import { StatusBadge } from '@shared/components/StatusBadge'
import { dayOfYear } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import classes from './DemarcheCard.module.css'
import { IconTile } from './IconTile'

/** A démarche in a list: where it is, whose turn, how far (DOS-02, DOS-03). */
export function DemarcheCard({ demarche: d }: { demarche: DemarcheLine }) {
  const request = d.phase === 'demande'
  const over = d.cycle !== 'ouverte' && d.cycle !== 'suspendue'
  const place = request
    ? `Demande envoyée le ${dayOfYear(d.opened_at)}`
    : over
      ? `Réf. ${d.reference}`
      : `Étape ${d.etape_rang} sur ${d.etapes_total}${d.etape_titre ? ` · ${d.etape_titre}` : ''}`
  return (
    <Link to="/demarches/$id" params={{ id: d.id }} className={classes.card}>
      <span className={classes.head}>
        <IconTile icone={iconNamed(d.icone)} />
        <span className={classes.names}>
          <strong>{d.titre}</strong>
          <span>{place}</span>
        </span>
        <span className={classes.badge}>
          <StatusBadge objet="demarche" cle={d.statut} perso={d.statut_libelle ? { libelle: d.statut_libelle } : null} />
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
  if (d.closed_at) return <span className={classes.forecast}>Clôturée le <b>{dayOfYear(d.closed_at)}</b></span>
  if (d.turn !== 'client') return <span className={classes.forecast}>Rien à faire pour vous</span>
  if (!d.due_at) return null
  return (
    <span className={classes.forecast}>
      <IconFlag size={18} stroke={STROKE} aria-hidden /> Prochaine date : <b>{dayOfYear(d.due_at)}</b>
    </span>
  )
}
