import type { FieldView } from '../api/types'
import { valueText } from '../collections/values'
import { longDate, money } from '../format'

/** An answer in words. */
export function fieldText({ valeur, nature }: Pick<FieldView, 'valeur' | 'nature'>): string {
  if (valeur === null || valeur === undefined || valeur === '') return '—'
  if (nature === 'booleen') return valeur ? 'Oui' : 'Non'
  if (nature === 'date' && typeof valeur === 'string') return longDate(valeur)
  if (nature === 'montant' && typeof valeur === 'number') return money(valeur)
  if (nature === 'heure' || nature === 'pourcentage' || nature === 'telephone' || nature === 'siret') return valueText(nature, valeur)
  if (nature === 'nombre') return String(valeur).replace('.', ',')
  if (Array.isArray(valeur)) return valeur.length > 0 ? valeur.join(', ') : '—'
  return String(valeur)
}

/** Single answers: those of a list or a group rather than the whole. */
export function singleAnswers(fields: readonly FieldView[]): FieldView[] {
  return fields.flatMap((field) => (field.parties.length > 0 ? field.parties : [field]))
}
