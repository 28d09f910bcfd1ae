import { describe, expect, it } from 'vitest'
import { type Ligne, merge } from './classeur'
import { lettersOf } from './nombres'

const sheet = (lines: number, columns: number): Ligne[] => Array.from({ length: lines }, (_, rank) => ({
  numero: rank + 1,
  cellules: new Map(Array.from({ length: columns }, (_, column) => [column, { texte: 'a', nombre: false, gras: false, colonnes: 1, lignes: 1 }])),
}))

describe('merged cells of a workbook', () => {
  it('cover those after them', () => {
    const lignes = sheet(3, 3)
    expect(merge(['A1:B2', 'B2:C3', 'C3:A1'], lignes)).toBe(true)
    expect(lignes.map(({ cellules }) => [...cellules.values()].map((each) => [each.colonnes, each.lignes]))).toEqual([
      [[2, 2], [2, 0], [1, 1]],
      [[2, 0], [2, 0], [1, 1]],
      [[1, 1], [1, 1], [1, 1]],
    ])
  })

  it('are left as they are when there are more than anybody draws', () => {
    const places = Array.from({ length: 30_000 }, (_, rank) => `${lettersOf(59 - rank % 60)}${500 - Math.floor(rank / 60)}:BH500`)
    expect(merge(places, sheet(500, 60))).toBe(false)
  })
})
