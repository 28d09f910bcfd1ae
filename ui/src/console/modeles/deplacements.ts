/** Moves of étapes: in their list, into a parallel block, from a branch to another, out again (MOD-03). */
import { type EtapeLue, liste, type Noeud, noeud, type Operation, type Place } from './lecture'

/** A place in the file as it stands: before the item `rang` of the list `liste`. Among branches: a branch of its own. */
export interface Cible {
  liste: Place
  rang: number
}

const etapes: Place = ['etapes']
const same = (one: Place, other: Place): boolean => one.join('/') === other.join('/')
const branches = (donnees: Noeud, index: number): unknown[][] => liste(noeud(liste(donnees.etapes)[index]).branches).map(liste)
const isBlock = (donnees: Noeud, index: number): boolean => 'parallele' in noeud(liste(donnees.etapes)[index])
/** A block, or an étape that opens démarches: none goes inside a block. */
const staysOut = (etape: EtapeLue): boolean => etape.bloc === true || 'pour_chaque' in etape.noeud

/** Where an étape stands: its list and its rank there. */
export const placeDe = (etape: EtapeLue): Cible => ({ liste: etape.chemin.slice(0, -1), rang: Number(etape.chemin.at(-1)) })

/** Whether an étape may be put there. */
export const accepte = (etape: EtapeLue, cible: Cible): boolean => cible.liste.length === 1 || !staysOut(etape)

/** The next place up (-1) or down (1), through the branches one after the other; null at either end. */
export function voisine(donnees: Noeud, etape: EtapeLue, sens: -1 | 1): Cible | null {
  const [, index] = etape.chemin as [string, number]
  if (etape.chemin.length === 2) {
    const next = index + sens
    if (next < 0 || next >= liste(donnees.etapes).length) return null
    if (isBlock(donnees, next) && !staysOut(etape)) return { liste: ['etapes', next, 'branches'], rang: sens === 1 ? 0 : branches(donnees, next).length }
    return { liste: etapes, rang: sens === 1 ? next + 1 : next }
  }
  const [, , , branch, rank] = etape.chemin as [string, number, string, number, number]
  const all = branches(donnees, index)
  const size = all[branch]?.length ?? 0
  if (sens === 1 && rank < size - 1) return { liste: ['etapes', index, 'branches', branch], rang: rank + 2 }
  if (sens === -1 && rank > 0) return { liste: ['etapes', index, 'branches', branch], rang: rank - 1 }
  // At the edge of a branch: a branch of its own first, then the next branch, then out.
  if (size > 1) return { liste: ['etapes', index, 'branches'], rang: sens === 1 ? branch + 1 : branch }
  const next = all[branch + sens]
  if (next) return { liste: ['etapes', index, 'branches', branch + sens], rang: sens === 1 ? 0 : next.length }
  return { liste: etapes, rang: sens === 1 ? index + 1 : index }
}

/** What to ask of the server; nothing when the étape is there already. A block left with one branch is undone. */
export function deplacement(donnees: Noeud, etape: EtapeLue, cible: Cible): Operation[] {
  const { liste: from, rang: rank } = placeDe(etape)
  if (!accepte(etape, cible)) return []
  if (same(from, cible.liste)) {
    const to = cible.rang > rank ? cible.rang - 1 : cible.rang
    return to === rank ? [] : [{ genre: 'deplacer', chemin: etape.chemin, vers: [...from, to] }]
  }
  const [, index, , branch] = etape.chemin as [string, number, string, number]
  let to: Place = [...cible.liste, cible.rang]
  if (from.length === 1) {
    // Taken out of the main list, it brings what follows one place up.
    if (Number(to[1]) > rank) to = [to[0] ?? '', Number(to[1]) - 1, ...to.slice(2)]
    return [{ genre: 'deplacer', chemin: etape.chemin, vers: to }]
  }
  const alone = branches(donnees, index)[branch]?.length === 1
  const here = alone && Number(to[1]) === index && to.length > 2
  if (here && to.length === 4 && (Number(to[3]) === branch || Number(to[3]) === branch + 1)) return []
  if (here && Number(to[3]) > branch) to = [...to.slice(0, 3), Number(to[3]) - 1, ...to.slice(4)]
  const moved: Operation = { genre: 'deplacer', chemin: etape.chemin, vers: to }
  const left = branches(donnees, index).length - (alone ? 1 : 0) + (here && to.length === 4 ? 1 : 0)
  return left > 1 ? [moved] : [moved, ...dissolution(donnees, index, branch, to)]
}

/** The étapes of the last branch come out in the place of their block, which goes. */
function dissolution(donnees: Noeud, index: number, gone: number, moved: Place): Operation[] {
  const inside = moved[2] === 'branches' && Number(moved[1]) === index ? 1 : 0
  const rest = (branches(donnees, index)[1 - gone]?.length ?? 0) + inside
  // The étape that has just left may stand before the block now.
  const block = index + (moved.length === 2 && Number(moved[1]) <= index ? 1 : 0)
  const out = Array.from({ length: rest }, (_, rank): Operation => ({
    genre: 'deplacer', chemin: ['etapes', block + rank, 'branches', 0, 0], vers: ['etapes', block + rank],
  }))
  return [...out, { genre: 'retirer', chemin: ['etapes', block + rest] }]
}
