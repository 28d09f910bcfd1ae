import { format, type OutputUnit, Validator } from '@cfworker/json-schema'
import {
  type ErrorSchema,
  type RJSFSchema,
  type RJSFValidationError,
  toErrorSchema,
  type ValidationData,
  type ValidatorType,
} from '@rjsf/utils'
import { money } from '../format'
import { isIban, isNir, isPhone } from './formats'
import { type FieldIssue, ruleIssues } from './rules'

export type { FieldIssue }

/**
 * rjsf validator on @cfworker/json-schema, which interprets schemas instead of compiling them (strict CSP),
 * with short French messages. The server validates again in any case.
 */

format.nir = isNir
format.iban = isIban
format['telephone-fr'] = isPhone
format.decimal = (text: string) => /^\d{1,7}(\.\d{1,6})?$/.test(text)
format.heure = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text)

const DRAFT = '2020-12'

/** Parents of a failing keyword: they say only that something below failed. */
const GROUPING = new Set([
  'properties', 'patternProperties', 'items', 'prefixItems', 'allOf', 'then', 'else', 'if', '$ref',
  'dependentSchemas', 'dependencies', 'contains', 'unevaluatedProperties', 'propertyNames',
])


type Node = Record<string, unknown>

/** Sub-schema that holds the failing keyword, following `$ref` segments. */
function schemaAt(root: Node, keywordLocation: string): Node {
  let node: unknown = root
  for (const raw of keywordLocation.split('/').slice(1, -1)) {
    const part = decodeURIComponent(raw).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof node !== 'object' || node === null) return {}
    node = part === '$ref' ? referred(root, (node as Node).$ref) : (node as Node)[part]
  }
  return typeof node === 'object' && node !== null ? (node as Node) : {}
}

function referred(root: Node, ref: unknown): unknown {
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return {}
  return ref.slice(2).split('/').reduce<unknown>((node, part) => (node as Node | undefined)?.[part], root)
}

const formatMessages: Record<string, string> = {
  email: 'Cette adresse n’est pas complète. Exemple : nom@domaine.fr',
  nir: 'Ce numéro de sécurité sociale n’est pas valable : vérifiez les 15 chiffres.',
  iban: 'Cet IBAN n’est pas valable : vérifiez chaque caractère.',
  'telephone-fr': 'Indiquez un numéro à 10 chiffres.',
  decimal: 'Indiquez un nombre de 0 à 9 999 999. Exemple : 12,5',
  heure: 'Écrivez l’heure sous la forme HH:MM. Exemple : 08:30',
  uri: 'Indiquez une adresse complète, qui commence par https://',
}

function messageFor(unit: OutputUnit, schema: Node, value: unknown): string {
  const own = (schema['x-messages'] as Record<string, string> | undefined)?.[unit.keyword]
  if (own) return own
  const bound = schema[unit.keyword]
  switch (unit.keyword) {
    case 'required':
    case 'dependentRequired':
      return 'Ce champ est obligatoire.'
    case 'type':
      if (value === undefined || value === '' || value === null) return 'Ce champ est obligatoire.'
      return ['integer', 'number'].includes(String(schema.type)) ? 'Indiquez un nombre.' : 'Cette valeur n’est pas du bon type.'
    case 'const':
      return bound === true ? 'Cochez cette case pour continuer.' : 'Cette valeur n’est pas celle attendue.'
    case 'enum':
    case 'oneOf':
    case 'anyOf':
      return 'Choisissez une des réponses proposées.'
    case 'minLength':
      return bound === 1 ? 'Ce champ est obligatoire.' : `Au moins ${String(bound)} caractères.`
    case 'maxLength':
      return `${String(bound)} caractères au plus.`
    case 'minimum':
      return schema['x-monnaie'] ? `Le montant minimal est ${money(Number(bound))}.` : `La valeur minimale est ${french(bound)}.`
    case 'maximum':
      return schema['x-monnaie'] ? `Le montant maximal est ${money(Number(bound))}.` : `La valeur maximale est ${french(bound)}.`
    case 'exclusiveMinimum':
      return `La valeur doit dépasser ${french(bound)}.`
    case 'exclusiveMaximum':
      return `La valeur doit rester sous ${french(bound)}.`
    case 'multipleOf':
      return `Indiquez un multiple de ${french(bound)}.`
    case 'minItems':
      if (isChoice(schema)) return `Choisissez au moins ${bound === 1 ? 'une réponse' : `${String(bound)} réponses`}.`
      return `Au moins ${String(bound)} élément${Number(bound) > 1 ? 's' : ''}.`
    case 'maxItems':
      return `${String(bound)} éléments au plus.`
    case 'uniqueItems':
      return 'Le même élément figure deux fois.'
    case 'format':
      if (bound === 'date') {
        return /^\d{1,2}\/\d{1,2}\/\d{4}$/.test(String(value))
          ? 'Cette date n’existe pas.'
          : 'Indiquez une date complète. Exemple : 12/03/1990'
      }
      return formatMessages[String(bound)] ?? 'Ce format n’est pas reconnu.'
    case 'pattern':
      return 'Ce format n’est pas reconnu.'
    default:
      return 'Cette valeur n’est pas acceptée.'
  }
}

/** A list whose answers are picked among proposals. */
const isChoice = ({ items }: Node): boolean => typeof items === 'object' && items !== null && ('enum' in items || 'oneOf' in items || 'anyOf' in items)

const french = (bound: unknown): string => String(bound).replace('.', ',')

function valueAt(data: unknown, pointer: string): unknown {
  return pointer.split('/').slice(1).reduce<unknown>((node, part) => (node as Node | undefined)?.[part], data)
}

/** cfworker refuses `undefined`; JSON has none. */
const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data ?? {})) as unknown

/** Everything wrong in `data`, one issue per field at most, in the order of the schema. */
export function issuesOf(schema: RJSFSchema, data: unknown): FieldIssue[] {
  const root = schema as Node
  const value = plain(data)
  const { errors } = new Validator(root as never, DRAFT, false).validate(value)
  const issues = new Map<string, FieldIssue>()
  // A field that a branch of the form declares is taken for an unknown one as long as its branch has another fault.
  const faults = errors.filter(({ keyword }) => !GROUPING.has(keyword))
  const known = faults.filter(({ keyword }) => keyword !== 'false')
  for (const unit of known.length > 0 ? known : faults) {
    // What fails inside an `if` or a branch of a choice is a test, not a fault.
    if (/\/(if|not)\//.test(unit.keywordLocation) || /\/(oneOf|anyOf)\/\d/.test(unit.keywordLocation)) continue
    let pointer = unit.instanceLocation.replace(/^#/, '')
    const missing = unit.keyword === 'required' || unit.keyword === 'dependentRequired'
    if (missing) {
      const name = /property "([^"]+)"(?!.*property ")/.exec(unit.error)?.[1]
      if (name) pointer = `${pointer}/${name}`
    }
    if (issues.has(pointer)) continue
    const message = messageFor(unit, schemaAt(root, unit.keywordLocation), valueAt(value, pointer))
    issues.set(pointer, { pointer, message })
  }
  for (const issue of ruleIssues(root, value as Record<string, unknown>)) {
    if (!issues.has(issue.pointer)) issues.set(issue.pointer, issue)
  }
  return [...issues.values()]
}

/** The field of the form that a pointer leads to, or into. */
export const topField = (pointer: string): string => pointer.split('/')[1] ?? ''

/**
 * What is wrong in answers that were sent before and come back corrected. A rule that an untouched answer breaks today (a
 * date then in the future, now past) is not this correction's fault: the server says the same.
 */
export function newIssues(schema: RJSFSchema, data: Node, sent: Node | null | undefined): FieldIssue[] {
  const found = issuesOf(schema, data)
  if (!sent || found.length === 0) return found
  const known = new Set(issuesOf(schema, sent).map(({ pointer, message }) => `${pointer} ${message}`))
  const untouched = (field: string): boolean => JSON.stringify(data[field]) === JSON.stringify(sent[field])
  return found.filter(({ pointer, message }) => !known.has(`${pointer} ${message}`) || !untouched(topField(pointer)))
}

/** rjsf's shape of errors, for `extraErrors`. */
export function toErrors(issues: FieldIssue[]): ErrorSchema {
  return toErrorSchema(
    issues.map(({ pointer, message }): RJSFValidationError => ({
      property: pointer.replaceAll('/', '.'),
      message,
      stack: message,
    })),
  )
}

/** The validator object that rjsf needs to resolve conditions; our form shows `issuesOf` itself. */
export const validator: ValidatorType = {
  validateFormData: (formData, schema): ValidationData<unknown> => {
    const issues = issuesOf(schema as RJSFSchema, formData)
    const errorSchema = toErrors(issues)
    return {
      errors: issues.map(({ pointer, message }) => ({ property: pointer.replaceAll('/', '.'), message, stack: message })),
      errorSchema,
    }
  },
  isValid: (schema, formData, rootSchema) => {
    const root = rootSchema as Node
    const node = { ...(schema as Node), $defs: root.$defs, definitions: root.definitions }
    try {
      return new Validator(JSON.parse(JSON.stringify(node)) as never, DRAFT).validate(plain(formData)).valid
    } catch {
      return false
    }
  },
  rawValidation: <Result,>(schema: unknown, formData: unknown) => ({
    errors: new Validator(schema as never, DRAFT, false).validate(plain(formData)).errors as Result[],
  }),
}
