/** Formats that our forms use beyond JSON Schema's own. The server checks them again with its own libraries. */

import { NBSP } from '../format'

/** French social security number, 13 characters + 2-digit key, spaces allowed (Corsica: 2A, 2B). */
export function isNir(text: string): boolean {
  const nir = text.replace(/\s/g, '').toUpperCase()
  if (!/^[1-478]\d{4}(\d{2}|2[AB])\d{6}\d{2}$/.test(nir)) return false
  const digits = nir.replace('2A', '19').replace('2B', '18')
  return 97 - Number(BigInt(digits.slice(0, 13)) % 97n) === Number(digits.slice(13))
}

/** IBAN with its check digits (ISO 13616), spaces allowed. */
export function isIban(text: string): boolean {
  const iban = text.replace(/\s/g, '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false
  const numeric = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  let rest = 0
  for (const digit of numeric) rest = (rest * 10 + Number(digit)) % 97
  return rest === 1
}

/** French or international phone number, loosely: the server normalises it. */
export function isPhone(text: string): boolean {
  return /^(\+\d{8,15}|0\d{9})$/.test(text.replace(/[\s.\-()]/g, ''))
}

/** `AAAA-MM-JJ` from « 12/03/1990 » (also with dots, dashes or spaces); null when incomplete or impossible. */
export function parseFrenchDate(text: string): string | null {
  const match = /^\s*(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})\s*$/.exec(text)
  if (!match) return null
  const [day, month, year] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return real ? date.toISOString().slice(0, 10) : null
}

/** « 12/03/1990 » from `AAAA-MM-JJ`; other texts are given back as they are. */
export function showFrenchDate(value: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  return match ? `${match[3]}/${match[2]}/${match[1]}` : value
}

/** « 2 98 05 33 063 017 43 », as on the carte vitale. */
export function showNir(value: string): string {
  const groups = /^(.)(..)(..)(..)(...)(...)(..)$/.exec(value.replace(/\s/g, ''))
  return groups ? groups.slice(1).join(NBSP) : value
}

/** By groups of four, as on a bank's paper: « FR76 3000 6000 … ». */
export function showIban(value: string): string {
  return value.replace(/\s/g, '').replace(/(.{4})(?=.)/g, `$1${NBSP}`)
}
