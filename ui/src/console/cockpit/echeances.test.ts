import { describe, expect, it } from 'vitest'
import type { DemarcheView } from '@shared/api/types'
import { duesOf } from './echeances'

const ligne = (id: string, le: string, reste: number) => ({ id, nom: `Échéance du ${le}`, donnees: { le, montant: 1000 }, calcule: { reste } })
const demarche = {
  closed_at: null,
  maintenant: '2026-01-10T09:00:00Z',
  attentes: [{ kind: 'tache', id: 't', label: 'Appeler le débiteur', due_at: '2026-01-08T09:00:00Z', side: 'cabinet' }],
  dates_cles: [],
  plan_relance: [
    { niveau: 'R2', statut: 'prevu', prevu_at: '2026-01-20T08:00:00Z' },
    { niveau: 'R1', statut: 'prevu', prevu_at: '2026-01-12T08:00:00Z' },
    { niveau: 'Rappel', statut: 'fait', prevu_at: null },
  ],
  collections: [
    { cle: 'echeances', singulier: 'échéance', echeancier: { date: 'le', montant: 'montant', total: null }, lignes: [ligne('1', '2026-01-05', 1000), ligne('2', '2026-01-15', 0), ligne('3', '2026-02-15', 1000)] },
    { cle: 'factures', singulier: 'facture', echeancier: null, lignes: [ligne('4', '2026-01-11', 1000)] },
  ],
} as unknown as DemarcheView

describe('duesOf', () => {
  it('tells what is awaited, the next reminder and the instalments still to be paid, the nearest first', () => {
    expect(duesOf(demarche).map(({ titre }) => titre)).toEqual(['Appeler le débiteur', 'Relance R1', 'Échéance du 2026-02-15'])
  })

  it('has nothing to tell of a closed démarche', () => {
    expect(duesOf({ ...demarche, closed_at: '2026-01-09T09:00:00Z' })).toEqual([])
  })
})
