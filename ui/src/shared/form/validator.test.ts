import { readFileSync } from 'node:fs'
import type { RJSFSchema } from '@rjsf/utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isIban, isNir, parseFrenchDate, showFrenchDate } from './formats'
import { issuesOf, newIssues } from './validator'

const schema = JSON.parse(
  readFileSync(new URL('../../../../forms/embauche_declaration.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

const hire = {
  prenom: 'Léa',
  nom_usage: 'Martin',
  date_naissance: '1990-03-12',
  email_personnel: 'lea@exemple.fr',
  intitule_poste: 'Vendeuse',
  adresse_professionnelle: '8 avenue de la Gare',
  nature_contrat: 'cdi',
  categorie: 'employe',
  date_entree: '2026-12-01',
  heure_entree: '08:30',
  temps_travail: 'temps_plein',
  salaire_brut_mensuel: 215000,
}

/** Message of each wrong field. */
const wrong = (data: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(issuesOf(schema, data).map(({ pointer, message }) => [pointer, message]))

describe('a number with a sign', () => {
  const said = (properties: Record<string, unknown>, data: Record<string, unknown>): string[] =>
    issuesOf({ type: 'object', properties } as RJSFSchema, data).map(({ message }) => message)

  it('is told what the least is, in euros for an amount', () => {
    expect(said({ montant: { type: 'integer', minimum: 1, 'x-monnaie': 'EUR' } }, { montant: -500 })).toEqual(['Le montant minimal est 0,01 €.'])
    expect(said({ mois: { type: 'integer', minimum: 1 } }, { mois: -5 })).toEqual(['La valeur minimale est 1.'])
    expect(said({ jours: { type: 'integer' } }, { jours: -5 })).toEqual([])
  })
  it('alone is no number; a rate has none', () => {
    expect(said({ mois: { type: 'integer' } }, { mois: '-' })).toEqual(['Indiquez un nombre.'])
    expect(said({ taux: { type: 'string', format: 'decimal' } }, { taux: '-5' })).toEqual(['Indiquez un nombre de 0 à 9 999 999. Exemple : 12,5'])
    expect(said({ taux: { type: 'string', format: 'decimal' } }, { taux: '12.5' })).toEqual([])
  })
})

describe('the hiring form, checked in the browser (DEM-04, MOD-14)', () => {
  beforeEach(() => vi.setSystemTime('2026-11-22T10:00:00Z'))
  afterEach(() => vi.useRealTimers())

  it('accepts a complete CDI', () => {
    expect(wrong(hire)).toEqual({})
  })

  it('asks a CDD for its end and its reason, and for them only', () => {
    expect(wrong({ ...hire, nature_contrat: 'cdd', categorie: undefined })).toEqual({
      '/motif_cdd': 'Ce champ est obligatoire.',
      '/date_fin': 'Ce champ est obligatoire.',
    })
  })

  it('refuses a hire date in the past, with the words of the form', () => {
    expect(wrong({ ...hire, date_entree: '2026-11-21' })).toEqual({
      '/date_entree': 'La date d\'embauche ne peut pas être dans le passé.',
    })
  })

  it('forgives a corrected form what an untouched answer breaks today, and nothing else (ACT)', () => {
    const sent = { ...hire, date_entree: '2026-09-28' }
    expect(newIssues(schema, { ...sent, heure_entree: '08:00' }, sent)).toEqual([])
    expect(newIssues(schema, { ...sent, date_entree: '2026-09-29' }, sent).map(({ pointer }) => pointer)).toEqual(['/date_entree'])
    expect(newIssues(schema, { ...sent, prenom: undefined }, sent).map(({ pointer }) => pointer)).toEqual(['/prenom'])
    expect(newIssues(schema, sent, null)).toHaveLength(1)
  })

  it('refuses an impossible or future birth date', () => {
    expect(wrong({ ...hire, date_naissance: '31/02/1990' })['/date_naissance']).toBe('Cette date n’existe pas.')
    expect(wrong({ ...hire, date_naissance: '12/03' })['/date_naissance']).toMatch(/date complète/)
    expect(wrong({ ...hire, date_naissance: '2030-01-01' })['/date_naissance']).toMatch(/futur/)
  })

  it('refuses an end before the start', () => {
    const cdd = { ...hire, nature_contrat: 'cdd', categorie: undefined, motif_cdd: 'saisonnier', precision_motif: 'Vendanges' }
    expect(wrong({ ...cdd, date_fin: '2026-11-30' })).toEqual({ '/date_fin': '« Date de fin » ne peut pas précéder le 01/12/2026.' })
    expect(wrong({ ...cdd, date_fin: '2026-12-31' })).toEqual({})
  })

  it('names each missing field once', () => {
    expect(wrong({})['/prenom']).toBe('Ce champ est obligatoire.')
    expect(Object.keys(wrong({}))).toHaveLength(11)
  })
})

describe('a form with a branch', () => {
  it('refuses what is missing in the branch, not what is filled in it', () => {
    const abonnement = JSON.parse(
      readFileSync(new URL('../../../../forms/optimisation_abonnement.schema.json', import.meta.url), 'utf8'),
    ) as Record<string, unknown>
    const issues = issuesOf(abonnement, { nom: 'Local', type: 'gaz', fournisseur: 'Courant Vif', prix: 12000, periodicite: 'an', prix_kwh: '0.25' })
    expect(issues.map(({ pointer }) => pointer)).toEqual(['/kwh'])
  })
})

describe('formats', () => {
  it('checks the key of a NIR, Corsica included', () => {
    expect(isNir('2 90 03 69 123 456 05')).toBe(true)
    expect(isNir('2 90 03 69 123 456 06')).toBe(false)
    expect(isNir('1 85 05 2A 123 456 33')).toBe(true)
  })

  it('checks the key of an IBAN', () => {
    expect(isIban('FR14 2004 1010 0505 0001 3M02 606')).toBe(true)
    expect(isIban('FR15 2004 1010 0505 0001 3M02 606')).toBe(false)
  })

  it('reads and writes French dates without losing what was typed', () => {
    expect(parseFrenchDate('12/03/1990')).toBe('1990-03-12')
    expect(parseFrenchDate('1.3.1990')).toBe('1990-03-01')
    expect(parseFrenchDate('29/02/2027')).toBeNull()
    expect(showFrenchDate('1990-03-12')).toBe('12/03/1990')
    expect(showFrenchDate('31/02/1990')).toBe('31/02/1990')
  })
})
