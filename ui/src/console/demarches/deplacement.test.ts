import { describe, expect, it } from 'vitest'
import type { DemarcheView } from '@shared/api/types'
import { deplacementVers } from './deplacement'

const etape = (cle: string, colonne: string | null, statut: string, plus: object = {}) => ({ cle, titre: cle, colonne, statut, non_bloquante: false, ...plus })

/** What the planning reads of a démarche. */
const demarche = (etapes: object[], plus: object = {}): DemarcheView =>
  ({ phase: 'dossier', cycle: 'ouverte', colonne: { cle: 'instruction', libelle: 'Instruction' }, etapes, ...plus }) as unknown as DemarcheView

const sinistre = [
  etape('declaration', 'declaration', 'valide'),
  etape('position', 'instruction', 'en_cours'),
  etape('expert', null, 'a_faire'),
  etape('offre', 'indemnisation', 'a_faire'),
  etape('recours', 'recours', 'sans_objet'),
]

describe('a card dropped in a column', () => {
  it('finishes the present étape to go on, and says what lies between', () => {
    expect(deplacementVers(demarche(sinistre), 'indemnisation', 'Indemnisation')).toMatchObject({ genre: 'valider', etape: { cle: 'position' }, entre: [{ cle: 'expert' }] })
  })
  it('returns to what is done', () => {
    expect(deplacementVers(demarche(sinistre), 'declaration', 'Déclaration')).toMatchObject({ genre: 'revenir', etape: { cle: 'declaration' } })
  })
  it.each([
    [demarche(sinistre), 'instruction', 'déjà dans'],
    [demarche(sinistre), 'recours', 'Aucune étape'],
    [demarche(sinistre, { phase: 'demande' }), 'indemnisation', 'pas encore acceptée'],
    [demarche(sinistre, { cycle: 'suspendue' }), 'indemnisation', 'en pause'],
    [demarche(sinistre, { cycle: 'annulee' }), 'indemnisation', 'close'],
    [demarche([...sinistre, etape('photos', 'instruction', 'en_cours')]), 'indemnisation', 'Plusieurs étapes'],
    [demarche([etape('a', 'instruction', 'en_cours'), etape('b', 'declaration', 'en_cours', { non_bloquante: true })]), 'declaration', 'ne peut pas'],
  ])('is refused with its reason (%#)', (seen, cible, motif) => {
    const asked = deplacementVers(seen, cible, cible)
    expect(asked.genre === 'refus' && asked.motif).toContain(motif)
  })
})
