import { fullDate, type Instant, moment, shortDate, weekday } from '../format'
import { spokenHour } from '../format'

interface Props {
  at: Instant
  format?: 'court' | 'jour' | 'moment' | 'complet'
}

const formats: Record<NonNullable<Props['format']>, (at: Instant) => string> = {
  court: shortDate,
  jour: weekday,
  moment,
  complet: (at) => `${fullDate(at)} à ${spokenHour(at)}`,
}

/** A date in words, with its machine value and its full form on hover. */
export function DateText({ at, format = 'court' }: Props) {
  const iso = typeof at === 'string' ? at : new Date(at).toISOString()
  return (
    <time dateTime={iso} title={fullDate(at)}>
      {formats[format](at)}
    </time>
  )
}
