import { civilDay, daysUntil, hour, type Instant, relativeDay, shortDate } from '@shared/format'

const clock = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris', year: 'numeric', month: '2-digit', day: '2-digit',
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
})

/** Minutes by which Paris is ahead of UTC at an instant. */
function offset(at: number): number {
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - at) / 60_000)
}

/** The instant of a civil date and hour in Paris, whatever the browser's own time zone. */
export function instantOf(date: string, heure: string): string {
  const naive = Date.parse(`${date}T${heure || '00:00'}:00Z`)
  const first = naive - offset(naive) * 60_000
  // Twice, for an hour that a change of time moves.
  return new Date(naive - offset(first) * 60_000).toISOString()
}

/** `AAAA-MM-JJ`, some days after today in Paris. */
export function dayFromToday(days: number): string {
  const noon = Date.parse(`${civilDay(Date.now())}T12:00:00Z`)
  return new Date(noon + days * 86_400_000).toISOString().slice(0, 10)
}

/** « aujourd’hui à 10:42 », « hier à 16:05 », « le 16/11/2026 à 11:23 » */
export function stamp(at: Instant, now: Instant): string {
  const days = daysUntil(at, now)
  return `${days >= -1 && days <= 1 ? relativeDay(at, now) : `le ${shortDate(at)}`} à ${hour(at)}`
}
