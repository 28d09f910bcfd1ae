import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { byName } from './icons'
import { chooseBadges, statuts, statusOf, toneOfColour } from './statuses'

describe('badges (BDG-05, BDG-06)', () => {
  it('keeps the labels of the requirement', () => {
    expect(statusOf('demarche', 'attente_documents').libelle).toBe('En attente de vos documents')
    expect(statusOf('tache', 'suggere_client').libelle).toBe('Suggéré par le client')
    expect(statusOf('piece', 'recu').libelle).toBe('Bien reçu')
    expect(statusOf('demande', 'dossier_cree').libelle).toBe('Dossier créé')
  })

  it('says « En cours » in neutral slate: blue means the firm’s turn', () => {
    for (const objet of ['demarche', 'etape', 'tache'] as const) expect(statuts[objet].en_cours?.ton).toBe('ardoise')
  })

  it('takes what an administrator chose, and puts it back (BDG-02)', () => {
    const recue = { objet: 'demande', cle: 'recue', libelle: 'Bien arrivée', couleur: 'vert', icone: 'origine' }
    chooseBadges([recue])
    expect(statusOf('demande', 'recue')).toMatchObject({ libelle: 'Bien arrivée', court: 'Bien arrivée', ton: 'fait', icone: statuts.demande.recue?.icone })
    // The lists that hold demandes and démarches say the same.
    expect(statusOf('demarche', 'recue').libelle).toBe('Bien arrivée')
    expect(statusOf('demande', 'analyse').libelle).toBe('En cours d’analyse')
    chooseBadges([])
    expect(statusOf('demande', 'recue').libelle).toBe('Demande reçue')
  })

  it('shows a status of a modèle that nobody foresaw', () => {
    expect(statusOf('demarche', 'chez_le_notaire').libelle).toBe('Chez le notaire')
    expect(toneOfColour('rouge')).toBe('probleme')
    expect(toneOfColour('fuchsia')).toBe('neutre')
  })
})

describe('icons (BDG-02)', () => {
  it('knows every icon that a modèle names', () => {
    const folder = new URL('../../../process_templates/', import.meta.url)
    const texts = readdirSync(folder).filter((name) => name.endsWith('.yaml')).map((name) => readFileSync(new URL(name, folder), 'utf8'))
    const named = texts.flatMap((text) => [...text.matchAll(/\bicone: ([a-z0-9-]+)/g)].map(([, name]) => name ?? ''))
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !(name in byName))).toEqual([])
  })
})
