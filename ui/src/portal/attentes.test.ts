import { describe, expect, it } from 'vitest'
import type { DemarcheLine, WorkItem } from '@shared/api/types'
import { gather, summary, upcoming } from './attentes'

const item = (kind: WorkItem['kind'], id: string, demarche = 'd1'): WorkItem => ({
  demarche_id: demarche,
  reference: 'EMB-2026-0001',
  titre: 'Embauche de Léa Martin',
  client_nom: 'Boulangerie Aubert',
  modele_titre: 'Embauche',
  kind,
  item_id: id,
  label: id,
  side: 'client',
  nom: 'Vous',
  user_id: null,
  since: '2026-11-20T08:00:00Z',
  due_at: '2026-11-27T17:00:00Z',
  retard_at: '2026-11-27T17:00:00Z',
  etape: 'pieces',
  priorite: null, maintenant: null, retard: false,
})

describe('what awaits the client (TCH-14)', () => {
  it('gathers the documents of one démarche, and only those', () => {
    const lines = gather([item('piece', 'RIB'), item('tache', 'Préparer le poste'), item('piece', 'Carte vitale'), item('piece', 'CNI', 'd2')])
    expect(lines.map(({ titre, n }) => [titre.replaceAll('\u00a0', ' '), n])).toEqual([
      ['Déposez 2 documents', 2],
      ['Préparer le poste', 1],
      ['Déposez : CNI', 1],
    ])
    expect(lines[0]?.detail).toBe('RIB, Carte vitale')
  })

  it('names the dates to come by when they really pass', () => {
    const moved = { ...item('tache', 'Préparer le poste'), due_at: '2026-01-10T17:00:00Z', retard_at: '2026-12-02T17:00:00Z' }
    const past = { ...item('tache', 'Planifier la visite', 'd2'), due_at: '2026-12-10T17:00:00Z', retard_at: '2026-11-01T17:00:00Z' }
    expect(upcoming([past, moved], [], Date.parse('2026-11-22T12:00:00Z')).map(({ titre }) => titre)).toEqual(['Préparer le poste'])
  })

  it('names the next instalment of a plan in place of the étape, as the démarche does, until it is past', () => {
    const line = {
      id: 'd1', titre: 'Recouvrement', cycle: 'ouverte', etape_titre: 'Phase Amiable',
      due_at: '2026-11-25T22:59:00Z', retard_at: '2026-11-25T22:59:00Z',
      surveille_le: '2026-12-15', surveille_at: '2026-12-15T22:59:00Z',
    } as DemarcheLine
    const told = (at: string): string[][] => upcoming([], [line], Date.parse(at)).map((date) => [date.titre, date.at.slice(0, 10)])
    expect(told('2026-11-22T12:00:00Z')).toEqual([['Prochaine échéance', '2026-12-15']])
    expect(told('2026-12-16T12:00:00Z')).toEqual([])
    const missed = { ...line, surveille_at: '2026-11-20T22:59:00Z' }
    expect(upcoming([], [missed], Date.parse('2026-11-22T12:00:00Z')).map(({ titre }) => titre)).toEqual(['Phase Amiable'])
  })

  it('says how many things await in words', () => {
    expect(summary(0)).toMatch(/^Tout est en ordre/)
    expect(summary(0, true)).toMatch(/^Bienvenue/)
    expect(summary(1, true)).toMatch(/^Une chose/)
    expect(summary(1)).toMatch(/^Une chose vous attend/)
    expect(summary(2)).toMatch(/^Deux choses vous attendent/)
    expect(summary(14)).toMatch(/^14 choses/)
  })
})
