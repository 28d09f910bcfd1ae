import type { LigneView } from '../api/types'
import { duration, hourOfDay, money, NBSP, numbers, phone, shortDate, siret } from '../format'

export type Format = 'texte' | 'date' | 'heure' | 'montant' | 'pourcentage' | 'nombre' | 'duree' | 'booleen' | 'choix' | 'sensible' | 'telephone' | 'siret'

/** What a line holds under a key: what is calculated stands before what was typed. */
export const valueOf = ({ calcule, donnees }: Pick<LigneView, 'calcule' | 'donnees'>, cle: string): unknown => calcule[cle] ?? donnees[cle]

/** What stands for a value that is not there. */
export const NONE = '–'

/** A decimal with the thousands apart and all its digits: a rate travels as a text so as to lose none. */
const grouped = (value: unknown): string => {
  const number = Number(value)
  return Number.isFinite(number) ? numbers({ maximumFractionDigits: 12 }).format(number).replaceAll('\u202f', NBSP) : String(value)
}

/** A value of a line, of a reading or of a calculation, in words. */
export function valueText(format: Format, value: unknown, choix?: Record<string, string> | null, unite?: string | null): string {
  if (value === null || value === undefined || value === '') return NONE
  if (format === 'montant' && typeof value === 'number') return money(value)
  if (format === 'pourcentage') return `${grouped(value)}${NBSP}%`
  if (format === 'duree' && typeof value === 'number') return duration(value)
  if (format === 'date' && typeof value === 'string') return shortDate(value)
  if (format === 'heure' && typeof value === 'string') return hourOfDay(value)
  if (format === 'booleen') return value ? 'Oui' : 'Non'
  if (format === 'choix') return choix?.[String(value)] ?? String(value)
  if (format === 'telephone') return phone(String(value))
  if (format === 'siret') return siret(String(value))
  if (Array.isArray(value)) return value.join(', ')
  if (format === 'nombre') return unite ? `${grouped(value)}${NBSP}${unite}` : grouped(value)
  return String(value)
}

export const isNumeric = (format: Format): boolean => ['montant', 'pourcentage', 'nombre', 'duree'].includes(format)

/** « 0,21 € » : a unit price keeps all its digits. */
export const unitPrice = (decimal: string): string => `${decimal.replace('.', ',')}${NBSP}€`
