import { parseFrenchDate, showFrenchDate } from '../form/formats'
import { definitions } from '../form/rules'

/** Lines of a collection read from a table pasted as text, or from a CSV file; and instalments laid out as such a text. */

type Schema = Record<string, unknown>

export interface Field {
  cle: string
  titre: string
  obligatoire: boolean
  schema: Schema
}

/** More than that would be refused: a collection holds no more. */
export const MOST_ROWS = 200

/** Fields of a line that one cell can tell, in the order of its form. */
export function fieldsOf(schema: Schema, ui: Schema): Field[] {
  const properties: Record<string, Schema> = {}
  for (const [cle, definition] of definitions(schema)) properties[cle] ??= definition
  const required = new Set((schema.required ?? []) as string[])
  const said = ((ui['ui:order'] ?? []) as string[]).filter((cle) => cle in properties)
  const order = [...said, ...Object.keys(properties).filter((cle) => !said.includes(cle))]
  return order.flatMap((cle) => {
    const definition = properties[cle] ?? {}
    if (['object', 'array'].includes(String(definition.type))) return []
    return [{ cle, titre: String(definition.title ?? cle), obligatoire: required.has(cle), schema: definition }]
  })
}

/**
 * Cells of a text: tabs (a spreadsheet's clipboard), semicolons or commas, cells in quotes (RFC 4180). Twenty lines,
 * read whole at once: a library of stream parsing would weigh more than the rest of this screen.
 */
export function cellsOf(text: string): string[][] {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const first = plain.split('\n', 1)[0] ?? ''
  const separator = ['\t', ';', ','].find((candidate) => first.includes(candidate)) ?? '\t'
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  const end = (): void => {
    rows.at(-1)?.push(cell.trim())
    cell = ''
  }
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at] ?? ''
    if (char === '"' && quoted && plain[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (char === '"' && (quoted || cell.trim() === '')) quoted = !quoted
    else if (quoted) cell += char
    else if (char === separator) end()
    else if (char === '\n') {
      end()
      rows.push([])
    } else cell += char
  }
  end()
  return rows.filter((row) => row.some((found) => found !== ''))
}

const bare = (text: string): string => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]/gi, '').toLowerCase()

/** A number as people write it: « 1 234,56 € ». Null when it is none. */
function numberOf(text: string): number | null {
  const digits = text.replace(/[\s\u00a0\u202f€%]/g, '').replace(',', '.')
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : null
}

/** What a cell says in its field; the text itself when it says nothing that the field knows: its form refuses it. */
function valueOf({ schema }: Field, text: string): unknown {
  const labels = (schema['x-libelles'] ?? {}) as Record<string, string>
  const named = Object.keys(labels).find((key) => bare(labels[key] ?? '') === bare(text))
  if (named !== undefined) return named
  if (schema.format === 'date') return parseFrenchDate(text) ?? text
  if (schema.format === 'decimal') return numberOf(text) === null ? text : text.replace(/[\s\u00a0\u202f€%]/g, '').replace(',', '.')
  if (schema.type === 'integer' || schema.type === 'number') {
    const number = numberOf(text)
    if (number === null) return text
    return 'x-monnaie' in schema ? Math.round(number * 100) : number
  }
  if (schema.type === 'boolean') return ['oui', 'vrai', 'x', '1'].includes(bare(text)) ? true : ['non', 'faux', '0'].includes(bare(text)) ? false : text
  return text
}

export interface Rows {
  /** Fields found, in the order of the columns. */
  champs: Field[]
  lignes: Record<string, unknown>[]
  /** Titles of columns that no field of the form bears: what they hold is left out. */
  inconnus: string[]
}

/** Lines of a text. A first row that names at least one field gives the order of the columns. */
export function rowsOf(text: string, fields: Field[]): Rows {
  const cells = cellsOf(text)
  const named = (cell: string): Field | undefined => fields.find(({ cle, titre }) => [bare(cle), bare(titre)].includes(bare(cell)))
  const head = cells[0]?.some(named) ? cells[0] : null
  const columns: (Field | undefined)[] = head ? head.map(named) : fields
  const lignes = (head ? cells.slice(1) : cells).map((row) => {
    const line: Record<string, unknown> = {}
    columns.forEach((field, index) => {
      const cell = row[index]
      if (field && cell) line[field.cle] = valueOf(field, cell)
    })
    return line
  })
  return {
    champs: columns.filter((field) => field !== undefined),
    lignes,
    inconnus: head ? head.filter((cell) => cell !== '' && !named(cell)) : [],
  }
}

/** The same day some months later; the last of the month when it has no such day. */
function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10)
}

const daysLater = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

export interface Plan {
  /** In cents. */
  total: number
  nombre: number
  /** First day, `AAAA-MM-JJ`. */
  premiere: string
  rythme: 'mois' | 'quinzaine' | 'semaine'
}

/** Instalments of the same amount, the cents that are left on the last one (REC-26). */
export function instalments({ total, nombre, premiere, rythme }: Plan): { jour: string; montant: number }[] {
  const part = Math.floor(total / nombre)
  return Array.from({ length: nombre }, (_, rank) => ({
    jour: rythme === 'mois' ? monthsLater(premiere, rank) : daysLater(premiere, rank * (rythme === 'semaine' ? 7 : 14)),
    montant: rank === nombre - 1 ? total - part * (nombre - 1) : part,
  }))
}

/** The same as the text of a table, that people may change before they add it. */
export function textOf(plan: Plan, date: Field, montant: Field): string {
  const rows = instalments(plan).map(({ jour, montant: cents }) => `${showFrenchDate(jour)}\t${(cents / 100).toFixed(2).replace('.', ',')}`)
  return [`${date.titre}\t${montant.titre}`, ...rows].join('\n')
}
