import { describe, expect, it } from 'vitest'
import { valueText } from './values'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ')

describe('a value in words', () => {
  it.each([
    ['montant', 123456, null, '1 234,56 €'],
    ['pourcentage', '3.45', null, '3,45 %'],
    ['pourcentage', 20, null, '20 %'],
    ['nombre', 120000, 'kWh', '120 000 kWh'],
    ['nombre', '0.2085', null, '0,2085'],
    ['duree', 13320, null, '3 h 42'],
    ['date', '2026-03-12', null, '12/03/2026'],
    ['heure', '09:00', null, '9 h'],
    ['heure', '08:30', null, '8 h 30'],
    ['heure', 'midi', null, 'midi'],
    ['booleen', false, null, 'Non'],
    ['telephone', '+33612345678', null, '06 12 34 56 78'],
    ['siret', '41804275600019', null, '418 042 756 00019'],
    ['texte', 'v1.2', null, 'v1.2'],
    ['montant', null, null, '–'],
  ] as const)('%s %s', (format, value, unite, expected) => {
    expect(plain(valueText(format, value, null, unite))).toBe(expected)
  })
})
