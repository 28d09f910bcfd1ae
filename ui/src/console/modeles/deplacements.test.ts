import { describe, expect, it } from 'vitest'
import { deplacement, voisine } from './deplacements'
import { etapesDe, liste, type Noeud, noeud, type Operation, type Place } from './lecture'

const depart: Noeud = {
  etapes: [
    { cle: 'a' },
    { parallele: 'p', titre: 'P', branches: [[{ cle: 'b' }, { cle: 'c' }], [{ cle: 'd' }]] },
    { cle: 'e' },
    { pour_chaque: 'f', modele: 'x' },
  ],
}

/** What the server does, on plain data. */
function faites(donnees: Noeud, operations: Operation[]): Noeud {
  const result = structuredClone(donnees)
  const at = (path: Place): unknown => path.reduce<unknown>((here, part) => (here as Record<string | number, unknown>)[part], result)
  const pop = (path: Place): unknown => {
    const [gone] = (at(path.slice(0, -1)) as unknown[]).splice(Number(path.at(-1)), 1)
    const parents = path.slice(0, -1)
    while (parents.length > 1 && (at(parents) as unknown[]).length === 0) {
      const last = parents.pop() ?? ''
      const holder = at(parents)
      if (Array.isArray(holder)) holder.splice(Number(last), 1)
      else { delete (holder as Noeud)[last]; break }
    }
    return gone
  }
  for (const { genre, chemin = [], vers = [] } of operations) {
    const moved = pop(chemin)
    if (genre !== 'deplacer') continue
    const target = at(vers.slice(0, -1)) as unknown[]
    target.splice(Number(vers.at(-1)), 0, vers.at(-2) === 'branches' ? [moved] : moved)
  }
  return result
}

/** « a [b c | d] e f » */
const dessin = (donnees: Noeud): string =>
  liste(donnees.etapes).map(noeud).map((each) => 'parallele' in each
    ? `[${liste(each.branches).map((branch) => liste(branch).map((etape) => noeud(etape).cle).join(' ')).join(' | ')}]`
    : String(each.cle ?? each.pour_chaque)).join(' ')

const pas = (donnees: Noeud, cle: string, sens: -1 | 1): Noeud | null => {
  const etape = etapesDe(donnees).find((each) => each.cle === cle)
  const cible = etape ? voisine(donnees, etape, sens) : null
  return etape && cible ? faites(donnees, deplacement(donnees, etape, cible)) : null
}

const chemin = (cle: string, sens: -1 | 1, from = depart): string[] => {
  const seen: string[] = []
  for (let here: Noeud | null = pas(from, cle, sens); here; here = pas(here, cle, sens)) {
    seen.push(dessin(here))
    if (seen.length > 20) break
  }
  return seen
}

describe('moves of étapes (MOD-03)', () => {
  it('go down through every branch, and back up', () => {
    const down = chemin('a', 1)
    expect(down).toEqual([
      '[a | b c | d] e f', '[a b c | d] e f', '[b a c | d] e f', '[b c a | d] e f', '[b c | a | d] e f', '[b c | a d] e f',
      '[b c | d a] e f', '[b c | d | a] e f', '[b c | d] a e f', '[b c | d] e a f', '[b c | d] e f a',
    ])
    let here = depart
    for (const _ of down) here = pas(here, 'a', 1) ?? here
    expect(chemin('a', -1, here)).toEqual([...down.slice(0, -1).reverse(), dessin(depart)])
  })
  it('undo a block that keeps one branch only', () => {
    expect(dessin(pas(depart, 'd', -1) ?? {})).toBe('a b c d e f')
    expect(dessin(pas(depart, 'd', 1) ?? {})).toBe('a b c d e f')
    const d = etapesDe(depart).find((each) => each.cle === 'd')
    expect(d && dessin(faites(depart, deplacement(depart, d, { liste: ['etapes'], rang: 0 })))).toBe('d a b c e f')
  })
  it('leave blocks and repeated étapes out of blocks', () => {
    expect(chemin('f', -1)).toEqual(['a [b c | d] f e', 'a f [b c | d] e', 'f a [b c | d] e'])
    expect(chemin('p', 1)).toEqual(['a e [b c | d] f', 'a e f [b c | d]'])
  })
  it('nothing is asked for a place that is the same', () => {
    const d = etapesDe(depart).find((each) => each.cle === 'd')
    expect(d && deplacement(depart, d, { liste: ['etapes', 1, 'branches'], rang: 2 })).toEqual([])
    expect(d && deplacement(depart, d, { liste: ['etapes', 1, 'branches', 1], rang: 1 })).toEqual([])
  })
})
