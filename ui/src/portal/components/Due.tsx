import { IconCalendarEvent } from '@tabler/icons-react'
import { daysUntil, weekday } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import classes from './Due.module.css'

/** « Avant vendredi 27 novembre », or that the date is past, kindly. */
export function Due({ at, retard }: { at: string; retard?: boolean }) {
  const now = useNow()
  const late = retard ?? daysUntil(at, now) < 0
  return (
    <span className={classes.due} data-ton={late ? 'probleme' : 'client'}>
      <IconCalendarEvent size={20} stroke={STROKE} aria-hidden />
      {late ? `C’était attendu ${weekday(at, now)}` : `Avant ${weekday(at, now)}`}
    </span>
  )
}
