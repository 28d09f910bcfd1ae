import { describe, expect, it } from 'vitest'
import type { Work, WorkItem } from '@shared/api/types'
import { dueByMe, placeOf, whenOf } from './work'

const item = (over: Partial<WorkItem> = {}): WorkItem => ({
  demarche_id: 'd1', reference: 'EMB-2026-0001', titre: 'Embauche de Zoé Martin', client_nom: 'Garage Benali', modele_titre: 'Embauche d’un salarié',
  kind: 'tache', item_id: 't1', label: 'Réaliser la DPAE', side: 'cabinet', nom: 'Claire Dumont', user_id: null,
  since: new Date().toISOString(), due_at: null, retard_at: null, etape: 'dpae', priorite: 'normale', maintenant: null, retard: false, ...over,
})
const days = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString()

describe('work queue', () => {
  it('counts what the firm owes, not what it waits for', () => {
    const work: Work = {
      compteurs: { cabinet: 2, client: 1, tiers: 0, personne: 4 },
      groupes: [
        { cle: 'retard', libelle: 'En retard', total: 2, au_moins: false, items: [item(), item({ item_id: 't2', side: 'client' })] },
        { cle: 'a_venir', libelle: 'À venir', total: 60, au_moins: false, items: [item({ item_id: 't3' })] },
        { cle: 'client', libelle: 'En attente du client', total: 3, au_moins: false, items: [item({ item_id: 't4', side: 'client' })] },
      ],
    }
    expect(dueByMe(work)).toBe(61)
  })
  it('says lateness, waiting time or date, by group', () => {
    expect(whenOf(item({ retard_at: days(-3) }), 'retard')).toBe('3\u00a0jours')
    expect(whenOf(item({ since: days(-9) }), 'client')).toBe('depuis 9\u00a0j')
    expect(whenOf(item({ retard_at: days(1) }), 'a_venir')).toBe('demain')
    // What has no date is still to come, however old: never « il y a 20 jours ».
    expect(whenOf(item({ since: days(-20) }), 'a_venir')).toBe('sans date')
  })
  it('leads where the item is dealt with', () => {
    expect(placeOf(item({ kind: 'validation', item_id: 'cni' }))).toBe('/pieces?demarche=d1&piece=cni')
    expect(placeOf(item())).toBe('/demarches/d1?tache=t1')
    expect(placeOf(item({ kind: 'demande', item_id: 'demande' }))).toBe('/demarches/d1')
  })
})
