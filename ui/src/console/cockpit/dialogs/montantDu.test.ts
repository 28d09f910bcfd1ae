import { describe, expect, it } from 'vitest'
import { avecAccessoires, type Compte, principal } from './montantDu'

const compte: Compte = { jour: '2026-11-23', reste_du: 124_000, penalites: 1_500, indemnites: 4_000, accessoires_regles: 0, trop_percu: 0 }
const plain = (text: string | undefined): string | undefined => text?.replace(/[\u00a0\u202f]/g, ' ')

describe('what is recalled to a debtor (REC-25)', () => {
  it('is the principal alone, or with its penalties', () => {
    expect(plain(principal(compte).phrase)).toBe('Reste à régler au 23/11/2026 : 1 240,00 €.')
    expect(plain(avecAccessoires(compte)?.phrase)).toBe('Reste à régler au 23/11/2026 : 1 295,00 €, dont 55,00 € de pénalités de retard et indemnités forfaitaires.')
  })

  it('names no penalties that could not be computed', () => {
    const told = avecAccessoires({ ...compte, penalites: null })
    expect(told?.montant).toBe(128_000)
    expect(plain(told?.phrase)).toBe('Reste à régler au 23/11/2026 : 1 280,00 €, dont 40,00 € d’indemnités forfaitaires.')
    expect(avecAccessoires({ ...compte, penalites: null, indemnites: 0 })).toBeNull()
  })

  it('leaves out what was paid of them, asked for or not', () => {
    const regle = { ...compte, reste_du: 0 }
    expect(avecAccessoires({ ...regle, trop_percu: 2_000 })?.montant).toBe(3_500)
    expect(avecAccessoires({ ...regle, accessoires_regles: 2_000 })?.montant).toBe(3_500)
    expect(avecAccessoires({ ...regle, accessoires_regles: 5_500, trop_percu: 100 })).toBeNull()
  })
})
