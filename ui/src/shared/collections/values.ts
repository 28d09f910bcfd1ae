import { money, NBSP, shortDate } from '../format'

export type Format = 'texte' | 'date' | 'montant' | 'nombre' | 'booleen' | 'choix' | 'sensible'

/** A value of a line or of a reading, in words. */
export function valueText(format: Format, value: unknown, choix?: Record<string, string> | null): string {
  if (value === null || value === undefined || value === '') return '–'
  if (format === 'montant' && typeof value === 'number') return money(value)
  if (format === 'date' && typeof value === 'string') return shortDate(value)
  if (format === 'booleen') return value ? 'Oui' : 'Non'
  if (format === 'choix') return choix?.[String(value)] ?? String(value)
  if (Array.isArray(value)) return value.join(', ')
  return String(value).replace('.', format === 'nombre' ? ',' : '.')
}

export const isNumeric = (format: Format): boolean => format === 'montant' || format === 'nombre'

/** « 0,21 € » : a unit price keeps all its digits. */
export const unitPrice = (decimal: string): string => `${decimal.replace('.', ',')}${NBSP}€`
