import { NBSP } from '../format'

/** Formats of a spreadsheet that have a number and no text of their own. */
const KNOWN: Record<number, string> = {
  1: '0', 2: '0.00', 3: '#,##0', 4: '#,##0.00', 9: '0%', 10: '0.00%', 14: 'dd/mm/yyyy', 15: 'dd/mm/yyyy', 16: 'dd/mm', 17: 'mm/yyyy',
  18: 'h:mm', 19: 'h:mm', 20: 'h:mm', 21: 'h:mm', 22: 'dd/mm/yyyy h:mm', 37: '#,##0', 38: '#,##0', 39: '#,##0.00', 40: '#,##0.00', 45: 'h:mm', 46: '[h]:mm:ss',
}
const DAY = 86_400_000
/** Beyond, a browser refuses to write a number. */
const MOST_DECIMALS = 20
/** Days before the first of January 1970, as spreadsheets count from their own first day. */
const SINCE_1900 = 25_569
const SINCE_1904 = 24_107

/** The text of a format by its number. */
export const known = (id: number): string => KNOWN[id] ?? ''

/** A number as its cell shows it, in French whatever wrote it. */
export function shown(value: number, format: string, from1904 = false): string {
  const said = format.replace(/"[^"]*"|\\.|[_*].|am\/pm|a\/p/gi, '').split(';')[0] ?? ''
  const counted = said.match(/\[(h+|m+|s+)\](:[ms]+)?(:s+)?/i)
  if (counted) return duration(value, counted[0])
  const bare = said.replace(/\[[^\]]*\]/g, '')
  // A fraction is written as any number.
  const free = bare === '' || /general|[#0?]\s*\/\s*[#0?\d]/i.test(bare)
  if (!free && /[dyhs]|^m+$|m\/|\/m/i.test(bare)) return moment(value, bare, from1904)
  if (/^0{2,}$/.test(bare)) return String(Math.round(value)).padStart(bare.length, '0')
  const decimals = bare.match(/[.]([0#?]+)/)?.[1]?.slice(0, MOST_DECIMALS)
  const number = new Intl.NumberFormat('fr-FR', {
    useGrouping: /[#0],[#0]/.test(bare),
    minimumFractionDigits: free ? 0 : decimals?.replace(/[^0]/g, '').length ?? 0,
    maximumFractionDigits: free ? 10 : decimals?.length ?? 0,
  }).format(bare.includes('%') ? value * 100 : value)
  // « [$€-40C] » is euros, « [$-40C] » only says where it is read.
  const unit = bare.includes('%') ? '%' : (format.match(/\[\$([^\]-]+)/)?.[1] ?? format.replace(/\[[^\]]*\]/g, '').match(/[€$£]/)?.[0])
  return unit ? `${number}${NBSP}${unit}` : number
}

/** A time that goes on beyond a day, in its greatest unit: « [h]:mm » for 151 h 40. */
function duration(value: number, format: string): string {
  const asked = [...format.matchAll(/[hms]+/gi)].map(([letters]) => letters)
  const lasts: Record<string, number> = { h: 3600, m: 60, s: 1 }
  const units = asked.map((letters) => lasts[letters.charAt(0).toLowerCase()] ?? 1)
  const least = units.at(-1) ?? 1
  let left = Math.floor(Math.round(Math.abs(value) * 86_400) / least) * least
  const read = units.map((unit, rank) => {
    const count = Math.floor(left / unit)
    left -= count * unit
    return String(count).padStart(asked[rank]?.length ?? 1, '0')
  })
  return `${value < 0 ? '-' : ''}${read.join(':')}`
}

function moment(value: number, bare: string, from1904: boolean): string {
  const at = new Date(Math.round((value - (from1904 ? SINCE_1904 : SINCE_1900)) * DAY))
  if (Number.isNaN(at.getTime())) return String(value)
  const day = /[dy]|^m+$|m\/|\/m/i.test(bare)
  return new Intl.DateTimeFormat('fr-FR', {
    timeZone: 'UTC',
    ...(day && {
      ...(/d/i.test(bare) && { day: '2-digit' }),
      ...(/m/i.test(bare.replace(/h+:m+|m+:s+/gi, '')) && { month: '2-digit' }),
      ...(/y/i.test(bare) && { year: 'numeric' }),
    }),
    ...(/[hs]/i.test(bare) && { hour: '2-digit', minute: '2-digit' }),
  }).format(at)
}

/** Rank of the column of a cell: 0 for « A7 », 27 for « AB1 ». */
export const columnOf = (reference: string): number =>
  [...reference.replace(/[^A-Z]/g, '')].reduce((rank, letter) => rank * 26 + letter.charCodeAt(0) - 64, 0) - 1

/** Letters of a column by its rank. */
export const lettersOf = (rank: number): string =>
  (rank >= 26 ? lettersOf(Math.floor(rank / 26) - 1) : '') + String.fromCharCode(65 + (rank % 26))
