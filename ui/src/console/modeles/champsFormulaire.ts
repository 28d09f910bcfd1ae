/** Fields of a form as people think of them, read from and written into JSON Schema + UI schema (MOD-05, MOD-14). */
import { cleDe, liste, type Noeud, noeud, texte } from './lecture'

export const genres = {
  texte: 'Texte court', long: 'Texte long', nombre: 'Nombre entier', decimal: 'Nombre à virgule', montant: 'Montant en euros', date: 'Date', heure: 'Heure',
  choix: 'Choix dans une liste', plusieurs: 'Plusieurs choix', liste: 'Liste de textes', ouinon: 'Oui ou non', email: 'Adresse email', telephone: 'Téléphone', nir: 'Numéro de sécurité sociale', iban: 'IBAN',
  siren: 'SIREN', autre: 'Autre, écrit dans la source',
} as const
export type Genre = keyof typeof genres

/** Shown only when another field has a value. */
export interface Condition {
  champ: string
  valeur: string | boolean
}

export interface ChampForm {
  cle: string
  titre: string
  genre: Genre
  requis: boolean
  aide: string
  options: { cle: string; libelle: string }[]
  si: Condition | null
  /** Where the schema has it: `null` for everybody, else the rank of its condition. */
  branche: number | null
}

const schemas: Record<Exclude<Genre, 'choix' | 'autre'>, Noeud> = {
  plusieurs: { type: 'array', uniqueItems: true, items: { type: 'string', title: 'Réponse' } },
  liste: { type: 'array', maxItems: 50, uniqueItems: true, items: { type: 'string', title: 'Élément', minLength: 1, maxLength: 200 } },
  texte: { type: 'string', minLength: 1, maxLength: 200 },
  long: { type: 'string', minLength: 1, maxLength: 2000 },
  nombre: { type: 'integer' },
  decimal: { type: 'string', format: 'decimal', maxLength: 20 },
  montant: { type: 'integer', minimum: 0, 'x-monnaie': 'EUR' },
  date: { type: 'string', format: 'date', maxLength: 10 },
  heure: { type: 'string', format: 'heure', maxLength: 5 },
  ouinon: { type: 'boolean' },
  email: { type: 'string', format: 'email', maxLength: 254 },
  telephone: { type: 'string', format: 'telephone-fr', maxLength: 25 },
  nir: { type: 'string', format: 'nir', maxLength: 25, 'x-sensible': true },
  iban: { type: 'string', format: 'iban', maxLength: 42, 'x-sensible': true },
  siren: { type: 'string', format: 'siren', maxLength: 20 },
}
const widgets: Partial<Record<Genre, string>> = { long: 'textarea', decimal: 'decimal', montant: 'monnaie', date: 'date', heure: 'time', email: 'email' }
const MANY = 5

function genreDe(field: Noeud, ui: Noeud): Genre {
  if (Array.isArray(field.enum)) return 'choix'
  const items = noeud(field.items)
  if (field.type === 'array' && items.type === 'string' && !('x-parmi' in field)) return Array.isArray(items.enum) ? 'plusieurs' : 'format' in items ? 'autre' : 'liste'
  if ('oneOf' in field || 'const' in field || field.type === 'array' || field.type === 'object') return 'autre'
  if (field.type === 'boolean') return 'ouinon'
  if (field.type === 'integer') return 'x-monnaie' in field ? 'montant' : 'nombre'
  if (field.type === 'number') return 'autre'
  const known: Record<string, Genre> = { date: 'date', heure: 'heure', email: 'email', 'telephone-fr': 'telephone', nir: 'nir', iban: 'iban', siren: 'siren', decimal: 'decimal' }
  if (typeof field.format === 'string') return known[field.format] ?? 'autre'
  return ui['ui:widget'] === 'textarea' ? 'long' : 'texte'
}

/** The condition of a branch, when it is one that a screen can show. */
function conditionDe(branch: Noeud): Condition | null {
  const properties = noeud(noeud(branch.if).properties)
  const [name, ...more] = Object.keys(properties)
  const value = name === undefined ? undefined : noeud(properties[name]).const
  if (name === undefined || more.length > 0 || (typeof value !== 'string' && typeof value !== 'boolean')) return null
  return { champ: name, valeur: value }
}

export interface Formulaire {
  schema: Noeud
  ui: Noeud
}

/** Fields in the order in which they are shown. */
export function champsDuFormulaire({ schema, ui }: Formulaire): ChampForm[] {
  const read = (holder: Noeud, branche: number | null, si: Condition | null): ChampForm[] => {
    const required = liste(holder.required)
    return Object.entries(noeud(holder.properties)).map(([cle, value]) => {
      const field = noeud(value)
      const offered = Array.isArray(noeud(field.items).enum) ? noeud(field.items) : field
      const labels = noeud(offered['x-libelles'])
      return {
        cle, titre: texte(field.titre ?? field.title) || cle, genre: genreDe(field, noeud(ui[cle])), requis: required.includes(cle),
        aide: texte(field.description), options: liste(offered.enum).map((each) => ({ cle: texte(each), libelle: texte(labels[texte(each)]) || texte(each) })), si, branche,
      }
    })
  }
  const found = [
    ...read(schema, null, null),
    // A field that a branch only renames stays where it is declared.
    ...liste(schema.allOf).flatMap((each, rank) => read(noeud(noeud(each).then), rank, conditionDe(noeud(each)))).filter(({ cle }) => !(cle in noeud(schema.properties))),
  ]
  const order = [...liste(ui['ui:etapes']).flatMap((page) => liste(noeud(page).champs)), ...liste(ui['ui:order'])].map(texte)
  const place = (cle: string): number => (order.includes(cle) ? order.indexOf(cle) : order.length)
  const once = new Map(found.map((field) => [field.cle, field]))
  return [...once.values()].sort((a, b) => place(a.cle) - place(b.cle))
}

const copy = (value: Noeud): Noeud => structuredClone(value)

function without(form: Formulaire, champ: ChampForm): Formulaire {
  const schema = copy(form.schema)
  const drop = (holder: Noeud): void => {
    delete noeud(holder.properties)[champ.cle]
    const required = liste(holder.required).filter((each) => each !== champ.cle)
    if (required.length > 0) holder.required = required
    else delete holder.required
  }
  if (champ.branche === null) drop(schema)
  else {
    const branches = liste(schema.allOf)
    const then = noeud(noeud(branches[champ.branche]).then)
    drop(then)
    if (Object.keys(noeud(then.properties)).length === 0) branches.splice(champ.branche, 1)
    if (branches.length === 0) delete schema.allOf
  }
  return { schema, ui: copy(form.ui) }
}

function put(form: Formulaire, champ: ChampForm, field: Noeud): Formulaire {
  const { schema, ui } = form
  let holder = schema
  if (champ.si) {
    const condition = champ.si
    const branches = liste(schema.allOf)
    let branch = branches.map(noeud).find((each) => {
      const found = conditionDe(each)
      return found !== null && found.champ === condition.champ && found.valeur === condition.valeur
    })
    if (!branch) {
      branch = { if: { properties: { [condition.champ]: { const: condition.valeur } }, required: [condition.champ] }, then: { properties: {} } }
      schema.allOf = [...branches, branch]
    }
    holder = noeud(branch.then)
  }
  holder.properties = { ...noeud(holder.properties), [champ.cle]: field }
  if (champ.requis) holder.required = [...liste(holder.required), champ.cle]
  const widget = champ.genre === 'plusieurs' ? 'checkboxes' : champ.genre === 'choix' ? (champ.options.length > MANY ? 'select' : 'radio') : champ.genre === 'ouinon' ? 'radio' : widgets[champ.genre]
  const shown = { ...noeud(ui[champ.cle]) }
  delete shown['ui:enumNames']
  delete shown.items
  if (champ.genre !== 'autre') {
    delete shown['ui:widget']
    if (widget) shown['ui:widget'] = widget
    const names = { 'ui:enumNames': champ.options.map((option) => option.libelle) }
    if (champ.genre === 'choix') Object.assign(shown, names)
    if (champ.genre === 'plusieurs') shown.items = names
  }
  if (Object.keys(shown).length > 0) ui[champ.cle] = shown
  else delete ui[champ.cle]
  return form
}

const offer = (options: ChampForm['options']): Noeud => ({
  enum: options.map((option) => option.cle), 'x-libelles': Object.fromEntries(options.map((option) => [option.cle, option.libelle])),
})
/** A choice must offer something from the start. */
export const OUI_NON: ChampForm['options'] = [{ cle: 'oui', libelle: 'Oui' }, { cle: 'non', libelle: 'Non' }]
export const aDesChoix = (genre: Genre): boolean => genre === 'choix' || genre === 'plusieurs'

/** The form with a field changed. What the screen does not know of the field is kept. */
export function change(form: Formulaire, before: ChampForm, after: ChampForm): Formulaire {
  const holder = before.branche === null ? form.schema : noeud(noeud(liste(form.schema.allOf)[before.branche]).then)
  const known = noeud(noeud(holder.properties)[before.cle])
  const same = before.genre === after.genre
  const base: Noeud = same ? copy(known) : after.genre === 'choix' ? { type: 'string' } : after.genre === 'autre' ? copy(known) : copy(schemas[after.genre])
  const { type, format, ...rest } = base
  const field: Noeud = { ...(type === undefined ? {} : { type }), title: after.titre, ...(after.aide ? { description: after.aide } : {}), ...(format === undefined ? {} : { format }), ...without_(rest, ['title', 'description', 'titre', 'enum', 'x-libelles']) }
  if (after.genre === 'choix') Object.assign(field, offer(after.options))
  if (after.genre === 'plusieurs') field.items = { ...noeud(field.items), ...offer(after.options) }
  // A list that must be answered holds something.
  if (field.type === 'array' && after.requis && !(same && before.requis)) field.minItems ??= 1
  if (field.type === 'array' && !after.requis && before.requis && field.minItems === 1) delete field.minItems
  const inPlace = before.branche === null && after.si === null
  if (inPlace) {
    const schema = copy(form.schema)
    schema.properties = Object.fromEntries(Object.entries(noeud(schema.properties)).map(([cle, value]) => [cle, cle === before.cle ? field : value]))
    const required = liste(schema.required)
    const kept = after.requis ? (required.includes(after.cle) ? required : [...required, after.cle]) : required.filter((each) => each !== after.cle)
    if (kept.length > 0) schema.required = kept
    else delete schema.required
    const done = put({ schema: { properties: {} }, ui: copy(form.ui) }, { ...after, requis: false }, field)
    return { schema, ui: done.ui }
  }
  return put(without(form, before), after, field)
}

function without_(value: Noeud, names: string[]): Noeud {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

/** The form with one field more, at the end. */
export function add(form: Formulaire, titre: string, genre: Exclude<Genre, 'autre'>): { form: Formulaire; cle: string } {
  const known = champsDuFormulaire(form).map((field) => field.cle)
  const cle = cleDe(titre, known)
  const options = aDesChoix(genre) ? OUI_NON : []
  const field: Noeud = genre === 'choix' ? { type: 'string', title: titre, ...offer(options) } : { ...copy(schemas[genre]), title: titre }
  if (genre === 'plusieurs') field.items = { ...noeud(field.items), ...offer(options) }
  const made = put({ schema: copy(form.schema), ui: copy(form.ui) }, { cle, titre, genre, requis: false, aide: '', options, si: null, branche: null }, field)
  const pages = liste(made.ui['ui:etapes'])
  const last = pages.findLastIndex((page) => noeud(page).recapitulatif !== true)
  if (last >= 0) made.ui['ui:etapes'] = pages.map((page, index) => (index === last ? { ...noeud(page), champs: [...liste(noeud(page).champs), cle] } : page))
  if (Array.isArray(made.ui['ui:order'])) made.ui['ui:order'] = [...liste(made.ui['ui:order']), cle]
  return { form: made, cle }
}

/** The form without a field. */
export function remove(form: Formulaire, champ: ChampForm): Formulaire {
  const done = without(form, champ)
  delete done.ui[champ.cle]
  const drop = (names: unknown): unknown[] => liste(names).filter((each) => each !== champ.cle)
  if (Array.isArray(done.ui['ui:order'])) done.ui['ui:order'] = drop(done.ui['ui:order'])
  if (Array.isArray(done.ui['ui:etapes'])) done.ui['ui:etapes'] = done.ui['ui:etapes'].map((page) => ({ ...noeud(page), champs: drop(noeud(page).champs) }))
  return done
}

/** A field before or after its neighbour, within its page. */
export function move(form: Formulaire, cle: string, by: -1 | 1): Formulaire {
  const swapped = (names: unknown[]): unknown[] => {
    const from = names.indexOf(cle)
    const to = from + by
    if (from < 0 || to < 0 || to >= names.length) return names
    const next = [...names]
    next.splice(to, 0, ...next.splice(from, 1))
    return next
  }
  const ui = copy(form.ui)
  const order = champsDuFormulaire(form).map((field) => field.cle)
  if (Array.isArray(ui['ui:etapes'])) ui['ui:etapes'] = ui['ui:etapes'].map((page) => ({ ...noeud(page), champs: swapped(liste(noeud(page).champs)) }))
  ui['ui:order'] = swapped(Array.isArray(ui['ui:order']) ? ui['ui:order'] : order)
  return { schema: form.schema, ui }
}

export const vide = (titre: string): Formulaire => ({
  schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', title: titre, type: 'object', properties: {}, unevaluatedProperties: false },
  ui: { 'ui:etapes': [{ titre, champs: [] }] },
})

export const enTexte = (value: Noeud): string => `${JSON.stringify(value, null, 2)}\n`
