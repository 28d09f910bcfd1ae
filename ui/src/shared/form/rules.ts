import { civilDay } from '../format'
import { showFrenchDate } from './formats'

/**
 * Dated rules of our forms (`x-regles`) that a browser can tell at once. The server applies all of them, with the
 * same sentences; a rule that is not here is shown next to its field when the server answers.
 */
export interface FieldIssue {
  /** JSON Pointer of the field, « /salarie/nom ». */
  pointer: string
  message: string
}

type Node = Record<string, unknown>
type Compare = (value: string, other: string) => boolean

const ISO = /^\d{4}-\d{2}-\d{2}$/

const comparisons: Record<string, [Compare, string]> = {
  apres: [(value, other) => value > other, 'doit être postérieure au'],
  apres_ou_egal: [(value, other) => value >= other, 'ne peut pas précéder le'],
  avant: [(value, other) => value < other, 'doit être antérieure au'],
}

function refusal(rule: string, value: string, data: Node, schema: Node): string | null {
  const [name = '', argument = ''] = rule.split(/:(.*)/s)
  const title = String(schema.title ?? 'Cette date')
  const today = civilDay(Date.now())
  const comparison = comparisons[name]
  if (comparison) {
    const other = data[argument.replace(/^#\//, '')]
    const [holds, words] = comparison
    if (typeof other !== 'string' || !ISO.test(other) || holds(value, other)) return null
    return `« ${title} » ${words} ${showFrenchDate(other)}.`
  }
  if (name === 'date_future' && value < today) return `« ${title} » ne peut pas être dans le passé.`
  if (name === 'date_passee' && value > today) return `« ${title} » ne peut pas être dans le futur.`
  if (name === 'date_naissance_plausible') {
    if (value > today) return 'La date de naissance ne peut pas être dans le futur.'
    const years = Number(today.slice(0, 4)) - Number(value.slice(0, 4))
    if (years > 101) return `Cette date de naissance donnerait ${years - 1} ans : vérifiez l’année.`
  }
  return null
}

/** Definitions of the fields, those of `then` and `else` included. */
export function* definitions(schema: Node): Generator<[string, Node]> {
  yield* Object.entries((schema.properties ?? {}) as Record<string, Node>)
  for (const part of (schema.allOf ?? []) as Node[]) yield* definitions(part)
  for (const word of ['then', 'else']) if (schema[word]) yield* definitions(schema[word] as Node)
}

/** First broken rule of each date field. */
export function ruleIssues(schema: Node, data: Node): FieldIssue[] {
  const issues: FieldIssue[] = []
  for (const [field, definition] of definitions(schema)) {
    const value = data[field]
    if (typeof value !== 'string' || !ISO.test(value)) continue
    const messages = (definition['x-messages'] ?? {}) as Record<string, string>
    for (const rule of (definition['x-regles'] ?? []) as string[]) {
      const sentence = refusal(rule, value, data, definition)
      if (sentence === null) continue
      issues.push({ pointer: `/${field}`, message: messages[rule.split(':')[0] ?? ''] ?? sentence })
      break
    }
  }
  return issues
}
