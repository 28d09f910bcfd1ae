import { expect, test } from 'vitest'
import type { PieceView } from '@shared/api/types'
import { depositTitle } from './Depot'
import { piecesSummary } from './PieceList'

const piece = (statut: PieceView['statut'], obligatoire = true) => ({ statut, obligatoire, a_moi: statut === 'manquant' || statut === 'refuse' }) as PieceView
const plain = (text: string): string => text.replaceAll(/\s/g, ' ')

test('a document that nobody waits for is told apart', () => {
  const pieces = [piece('valide'), piece('manquant'), piece('manquant', false)]
  expect(plain(depositTitle(pieces))).toBe('Plus qu’un document')
  expect(piecesSummary(pieces)).toBe('1 validé, 1 à déposer, 1 facultatif')
  expect(depositTitle([piece('valide'), piece('manquant', false)])).toBe('Tout est validé')
  expect(depositTitle([piece('manquant', false)])).toBe('Aucun document obligatoire')
})

test('once refused, it is asked for', () => {
  expect(plain(depositTitle([piece('valide'), piece('refuse', false)]))).toBe('Plus qu’un document')
})
