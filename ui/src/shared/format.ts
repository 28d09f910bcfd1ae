/**
 * French formats of both applications. Instants are read in Europe/Paris; civil dates (`AAAA-MM-JJ`) as they are.
 * Spaces inside an expression are non-breaking (U+00A0): fonts draw U+202F badly or not at all.
 */
const PARIS = 'Europe/Paris'
export const NBSP = '\u00a0'

export type Instant = string | number | Date

const CIVIL = /^\d{4}-\d{2}-\d{2}$/

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = timeZone + JSON.stringify(options)
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('fr-FR', { ...options, timeZone })
  formatters.set(key, made)
  return made
}

function format(at: Instant, options: Intl.DateTimeFormatOptions): string {
  const civil = typeof at === 'string' && CIVIL.test(at)
  const date = civil ? new Date(`${at}T12:00:00Z`) : new Date(at)
  return formatter(options, civil ? 'UTC' : PARIS).format(date)
}

/** Replaces breaking and narrow spaces inside an expression. */
function unbroken(text: string): string {
  return text.replace(/[ \u202f]/g, NBSP)
}

/** « 23/11/2026 » */
export const shortDate = (at: Instant): string => format(at, { day: '2-digit', month: '2-digit', year: 'numeric' })

/** « 23/11 » */
export const dayMonth = (at: Instant): string => format(at, { day: '2-digit', month: '2-digit' })

const firstOfMonth = (text: string): string => text.replace(/(^|\s)1(?=\s)/, '$11er')

/** « 27 novembre 2026 », « 1er décembre 2026 » */
export const longDate = (at: Instant): string =>
  unbroken(firstOfMonth(format(at, { day: 'numeric', month: 'long', year: 'numeric' })))

/** Not told when it is past: a forecast that did not hold is no news. */
export const isAhead = (at: Instant | null, now: Instant = Date.now()): boolean => at !== null && daysUntil(at, now) >= 0

/** « 27 novembre », the year only when it is not the current one. */
export function dayOfYear(at: Instant, now: Instant = Date.now()): string {
  return civilYear(at) === civilYear(now)
    ? unbroken(firstOfMonth(format(at, { day: 'numeric', month: 'long' })))
    : longDate(at)
}

/** « vendredi 27 novembre » (with the year when it is not the current one). */
export function weekday(at: Instant, now: Instant = Date.now()): string {
  return unbroken(`${format(at, { weekday: 'long' })} ${dayOfYear(at, now)}`)
}

/** « Vendredi 27 novembre » */
export const Weekday = (at: Instant): string => capital(weekday(at))

/** « Mardi 24 novembre 2026 » */
export const fullDate = (at: Instant): string => capital(unbroken(`${format(at, { weekday: 'long' })} ${longDate(at)}`))

/** Console hour, « 17:00 » */
export const hour = (at: Instant): string => format(at, { hour: '2-digit', minute: '2-digit' })

/** Portal hour, « 16 h 20 », « 9 h » */
export const spokenHour = (at: Instant): string => hourOfDay(hour(at))

/** The same of an hour that was answered, « 16:20 ». */
export function hourOfDay(text: string): string {
  const [h = '', m = '00'] = text.split(':')
  if (!/^\d+$/.test(h)) return text
  return m === '00' ? `${Number(h)}${NBSP}h` : `${Number(h)}${NBSP}h${NBSP}${m}`
}

/** Civil day in Paris, `AAAA-MM-JJ`. */
export function civilDay(at: Instant): string {
  if (typeof at === 'string' && CIVIL.test(at)) return at
  const parts = formatter({ day: '2-digit', month: '2-digit', year: 'numeric' }, PARIS).formatToParts(new Date(at))
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

const civilYear = (at: Instant): string => civilDay(at).slice(0, 4)

/** The instant that moments of a démarche are told from: its own clock's, when it was moved (demo and tests). */
export const nowOf = (seen: { maintenant?: string | null }): Instant => seen.maintenant ?? Date.now()

/** Whole civil days from `now` to `at`: negative in the past. */
export function daysUntil(at: Instant, now: Instant = Date.now()): number {
  return Math.round((Date.parse(civilDay(at)) - Date.parse(civilDay(now))) / 86_400_000)
}

/** « aujourd’hui », « demain », « hier », else « vendredi 27 novembre ». */
export function relativeDay(at: Instant, now: Instant = Date.now()): string {
  const days = daysUntil(at, now)
  if (days === 0) return 'aujourd’hui'
  if (days === 1) return 'demain'
  if (days === -1) return 'hier'
  return weekday(at, now)
}

/** « aujourd’hui à 9 h 12 », « hier à 16 h 20 », « 12 novembre à 9 h » */
export function moment(at: Instant, now: Instant = Date.now()): string {
  const days = daysUntil(at, now)
  const day = days >= -1 && days <= 1 ? relativeDay(at, now) : dayOfYear(at, now)
  return `${day} à${NBSP}${spokenHour(at)}`
}

/** « Le 12/03/2026 à 14 h 05, 12 minutes », of a telephone call. */
export const callOf = ({ debut, duree_min }: { debut: Instant; duree_min: number }): string =>
  `Le ${shortDate(debut)} à${NBSP}${spokenHour(debut)}, ${count(duree_min, 'minute')}`

/** « à l’instant », « il y a 12 min », « il y a 3 h », « hier », « depuis 9 j » style age: « il y a 9 jours ». */
export function ago(at: Instant, now: Instant = Date.now()): string {
  const minutes = Math.floor((new Date(now).getTime() - new Date(at).getTime()) / 60_000)
  if (minutes < 1) return 'à l’instant'
  if (minutes < 60) return `il y a ${minutes}${NBSP}min`
  if (daysUntil(at, now) === 0) return `il y a ${Math.floor(minutes / 60)}${NBSP}h`
  const days = -daysUntil(at, now)
  return days === 1 ? 'hier' : `il y a ${days}${NBSP}jours`
}

/** Console due date: « 17:00 » today, « 3 jours » when late, else « 26/11/2026 ». */
export function dueShort(at: Instant, now: Instant = Date.now()): string {
  const days = daysUntil(at, now)
  if (days < 0) return `${-days}${NBSP}jour${days < -1 ? 's' : ''}`
  if (days === 0) return typeof at === 'string' && CIVIL.test(at) ? 'aujourd’hui' : hour(at)
  if (days === 1) return 'demain'
  return shortDate(at)
}

const numberFormatters = new Map<string, Intl.NumberFormat>()

/** A formatter of numbers, made when it is first needed and kept: making one blocks a phone for tens of milliseconds. */
export function numbers(options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = JSON.stringify(options)
  const known = numberFormatters.get(key)
  if (known) return known
  const made = new Intl.NumberFormat('fr-FR', options)
  numberFormatters.set(key, made)
  return made
}

/** Amount in integer cents: « 1 234,56 € ». */
export function money(cents: number, { decimals = true }: { decimals?: boolean } = {}): string {
  const digits = decimals ? 2 : 0
  return unbroken(numbers({ style: 'currency', currency: 'EUR', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(cents / 100))
}

/** « 1 000 » from a whole number. */
export const thousands = (n: number): string => unbroken(numbers().format(n))

/** « 34 % » from a share between 0 and 1. */
export const percent = (share: number): string => `${Math.round(share * 100)}${NBSP}%`

/** « 3 h 42 », « 12 min » from seconds. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes}${NBSP}min`
  const rest = minutes % 60
  return rest === 0
    ? `${Math.floor(minutes / 60)}${NBSP}h`
    : `${Math.floor(minutes / 60)}${NBSP}h${NBSP}${String(rest).padStart(2, '0')}`
}

/** « 1,4 Mo », « 320 ko » */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes >= 1_000_000 ? [bytes / 1_000_000, 'Mo'] : [bytes && Math.max(1, bytes / 1000), 'ko']
  const text = numbers({ maximumFractionDigits: value < 10 && unit === 'Mo' ? 1 : 0 })
  return `${text.format(value)}${NBSP}${unit}`
}

/** « 1 document », « 3 documents » */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n}${NBSP}${n >= 2 ? plural : singular}`
}

/** « 05 36 49 12 40 » from any French notation. */
export function phone(number: string): string {
  const digits = number.replace(/^\+33\s*/, '0').replace(/\D/g, '')
  return digits.length === 10 ? (digits.match(/../g) ?? []).join(NBSP) : number
}

/** « 418 042 756 00019 », « 418 042 756 » from a SIRET or a SIREN, however it was typed. */
export function siret(number: string): string {
  const groups = /^(\d{3})(\d{3})(\d{3})(\d{5})?$/.exec(number.replace(/\s/g, ''))
  return groups ? groups.slice(1).filter(Boolean).join(NBSP) : number
}

/** « CB » from names. */
export function initials(...names: (string | null | undefined)[]): string {
  const words = names.filter(Boolean).join(' ').split(/[\s-]+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words
  return letters.map((word) => word?.charAt(0).toUpperCase() ?? '').join('')
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** « de Camille », « d’Adrien », « d’Yves », « de Yanis ». A name in H keeps « de »: both are accepted. */
export const de = (nom: string): string => (/^(?:[aeiouàâäéèêëîïôöùûüœæ]|y[bcdfghj-np-tv-z])/i.test(nom) ? `d’${nom}` : `de ${nom}`)
