/** Reading a modèle as its file says it: étapes in order with their places, names that a new item may take. */
import type { components } from '@shared/api/schema'

export type Brouillon = components['schemas']['BrouillonModele']
export type Operation = Partial<components['schemas']['Operation']> & Pick<components['schemas']['Operation'], 'genre'>
export type Place = (string | number)[]
/** A part of the file, whose shape the server checks. */
export type Noeud = Record<string, unknown>

export interface EtapeLue {
  cle: string
  titre: string
  chemin: Place
  noeud: Noeud
  /** Title of the block whose branches advance together. */
  groupe?: string
  /** The block itself, which moves as a whole. */
  bloc?: boolean
}

export const noeud = (value: unknown): Noeud => (value && typeof value === 'object' && !Array.isArray(value) ? (value as Noeud) : {})
export const liste = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const texte = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Étapes and parallel blocks, in the order of the file. */
export function etapesDe(donnees: Noeud | null): EtapeLue[] {
  return liste(donnees?.etapes).flatMap((each, index): EtapeLue[] => {
    const here = noeud(each)
    const chemin: Place = ['etapes', index]
    if (!('parallele' in here)) {
      const cle = texte(here.cle ?? here.pour_chaque)
      return [{ cle, titre: texte(here.titre) || cle, chemin, noeud: here }]
    }
    const groupe = texte(here.titre)
    const inside = liste(here.branches).flatMap((branch, number) =>
      liste(branch).map((etape, rank): EtapeLue => {
        const found = noeud(etape)
        return { cle: texte(found.cle), titre: texte(found.titre) || texte(found.cle), chemin: [...chemin, 'branches', number, rank], noeud: found, groupe }
      }),
    )
    return [{ cle: texte(here.parallele), titre: groupe, chemin, noeud: here, bloc: true }, ...inside]
  })
}

/** A key made of a title, which none of `taken` bears. */
export function cleDe(titre: string, taken: readonly string[]): string {
  const plain = titre.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 50)
  const base = /^[a-z]/.test(plain) ? plain : `x_${plain}`.replace(/_$/, '')
  let found = base
  for (let rank = 2; taken.includes(found); rank += 1) found = `${base}_${rank}`
  return found
}

export interface Choix {
  value: string
  label: string
}

/** Who may act: roles, then participants. */
export function acteurs(donnees: Noeud): Choix[] {
  return Object.entries({ ...noeud(donnees.roles), ...noeud(donnees.participants) })
    .map(([value, role]) => ({ value, label: texte(noeud(role).libelle) || value }))
}

/** A role of the firm, to whom new work falls. */
export function roleCabinet(donnees: Noeud): string {
  const roles = Object.entries(noeud(donnees.roles))
  return (roles.find(([, role]) => noeud(role).cote === 'cabinet') ?? roles[0])?.[0] ?? 'conseiller'
}

/** A role of the client's side, of whom things are asked; the firm's when there is none. */
export function roleClient(donnees: Noeud): string {
  return Object.entries(noeud(donnees.roles)).find(([, role]) => noeud(role).cote === 'client')?.[0] ?? roleCabinet(donnees)
}

/** Whose turn a role is: « cabinet », « client » or « tiers ». */
export function cote(donnees: Noeud, cle: unknown): 'cabinet' | 'client' | 'tiers' {
  const found = noeud(noeud(donnees.roles)[texte(cle)]).cote
  return found === 'cabinet' || found === 'tiers' ? found : cle === undefined ? 'cabinet' : 'client'
}

/** A new étape that may be published as it is: a task of the firm, under a key that none of `prises` bears. */
export function nouvelleEtape(donnees: Noeud, prises: readonly string[]): Noeud & { cle: string } {
  const cle = cleDe('nouvelle_etape', prises)
  // « Nouvelle étape 2 » when there is one already: two étapes of one title cannot be told apart.
  const rang = cle.replace('nouvelle_etape', '').replace('_', ' ')
  const pour = roleCabinet(donnees)
  return { cle, titre: `Nouvelle étape${rang}`, responsable: pour, taches: [{ cle: `faire_${cle}`, titre: 'À faire', pour }] }
}

/** What gives an étape that nothing speaks of yet the key of its name, when these operations name it. */
export function cleDuNom(etape: EtapeLue, operations: Operation[], prises: readonly string[]): { cle: string; operations: Operation[] } | null {
  const place = etape.chemin.join('/')
  const nommee = operations.find(({ genre, chemin }) => genre === 'poser' && chemin?.join('/') === `${place}/titre`)
  if (!nommee) return null
  const cle = cleDe(texte(nommee.valeur), prises)
  const taches = liste(etape.noeud.taches).flatMap((each, rank): Operation[] =>
    texte(noeud(each).cle) === `faire_${etape.cle}` ? [{ genre: 'poser', chemin: [...etape.chemin, 'taches', rank, 'cle'], valeur: `faire_${cle}` }] : [],
  )
  return { cle, operations: [{ genre: 'poser', chemin: [...etape.chemin, 'cle'], valeur: cle }, ...taches] }
}

/** A new parallel block: two branches of one étape each, since one alone would not be parallel. */
export function nouveauBloc(donnees: Noeud, prises: readonly string[]): Noeud & { parallele: string; branches: { cle: string }[][] } {
  const parallele = cleDe('en_parallele', prises)
  const first = nouvelleEtape(donnees, [...prises, parallele])
  const second = nouvelleEtape(donnees, [...prises, parallele, first.cle])
  return { parallele, titre: 'En parallèle', branches: [[first], [second]] }
}
