import { describe, expect, it } from 'vitest'
import { byDay, destination } from './notifications'

describe('where a notification leads (NOT-03)', () => {
  it('opens the part of the démarche it is about', () => {
    const about = (lien: string, type = 'avancement') => destination({ demarche_id: 'd1', lien, type })
    expect(about('/demarches/d1?cible=piece:rib')).toEqual({ id: 'd1', onglet: 'documents' })
    expect(about('/demarches/d1?cible=tache:t1')).toEqual({ id: 'd1', onglet: 'taches' })
    expect(about('/demarches/d1', 'commentaire')).toEqual({ id: 'd1', onglet: 'echanges' })
    expect(about('/demarches/d1')).toEqual({ id: 'd1', onglet: undefined })
    expect(destination({ demarche_id: null, lien: null, type: 'alerte' })).toBeNull()
  })

  it('gathers a page by day, in its order', () => {
    const items = ['2026-11-22T10:00:00Z', '2026-11-22T08:00:00Z', '2026-11-20T08:00:00Z'].map((created_at) => ({ created_at }))
    expect(byDay(items, (at) => at.slice(0, 10)).map(({ jour, items: each }) => [jour, each.length])).toEqual([['2026-11-22', 2], ['2026-11-20', 1]])
  })
})
