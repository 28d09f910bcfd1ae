import { IconCalendarEvent } from '@tabler/icons-react'
import { daysUntil, weekday } from '@shared/format'
import { STROKE } from '@shared/icons'
import classes from './Due.module.css'

/** « Avant vendredi 27 novembre », or that the date is past, kindly. */
export function Due({ at, retard }: { at: string; retard?: boolean }) {
  const late = retard ?? daysUntil(at) < 0
  return (
    <span className={classes.due} data-ton={late ? 'probleme' : 'client'}>
      <IconCalendarEvent size={20} stroke={STROKE} aria-hidden />
      {late ? `C’était attendu ${weekday(at)}` : `Avant ${weekday(at)}`}
    </span>
  )
}
