import { describe, expect, it } from 'vitest'
import type { Moi } from '../api/session'
import type { TacheView } from '../api/types'
import { columnOf, columnsOf, shownFor } from './colonnes'

const moi = (colonnes: Moi['colonnes']): Moi => ({ colonnes }) as Moi
const tache = (statut: string, colonne: string | null = null) => ({ statut, colonne }) as TacheView

describe('columns of the task board (TCH-01)', () => {
  it('has five of its own, then those of the firm', () => {
    expect(columnsOf(moi([])).map(({ libelle }) => libelle)).toEqual(['Suggéré par le client', 'À faire', 'En cours', 'En attente de validation', 'Terminé'])
    const own = [{ cle: 'c1', libelle: 'Chez le comptable', statut: 'en_cours' as const }]
    expect(columnsOf(moi(own))).toEqual(own)
  })
  it('leaves a task where it was put while its status is the column’s', () => {
    const colonnes = [...columnsOf(moi([])), { cle: 'c1', libelle: 'Chez le comptable', statut: 'en_cours' }]
    expect(columnOf(tache('en_cours', 'c1'), colonnes)).toBe('c1')
    expect(columnOf(tache('termine', 'c1'), colonnes)).toBe('termine')
    expect(columnOf(tache('en_cours', 'partie'), colonnes)).toBe('en_cours')
  })
  it('shows suggestions only while there are some', () => {
    const colonnes = columnsOf(moi([]))
    expect(shownFor([tache('a_faire')], colonnes)).toHaveLength(4)
    expect(shownFor([tache('suggere_client')], colonnes)).toHaveLength(5)
  })
})
