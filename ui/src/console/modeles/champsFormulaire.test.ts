import { expect, test } from 'vitest'
import { add, champsDuFormulaire, change, vide } from './champsFormulaire'
import { noeud } from './lecture'

test('a question with several answers keeps its choices, and must hold one once it is compulsory', () => {
  const made = add(vide('Besoin'), 'Services voulus', 'plusieurs')
  const [champ] = champsDuFormulaire(made.form)
  if (!champ) throw new Error('no field')
  expect([champ.cle, champ.genre, champ.options.map((each) => each.libelle)]).toEqual(['services_voulus', 'plusieurs', ['Oui', 'Non']])
  const options = [{ cle: 'courrier', libelle: 'Courrier' }, { cle: 'salle', libelle: 'Salle de réunion' }]
  const asked = change(made.form, champ, { ...champ, options, requis: true })
  const field = noeud(noeud(asked.schema.properties).services_voulus)
  expect(field).toMatchObject({ type: 'array', title: 'Services voulus', uniqueItems: true, minItems: 1, items: { type: 'string', enum: ['courrier', 'salle'] } })
  expect(asked.schema.required).toEqual(['services_voulus'])
  expect(asked.ui.services_voulus).toEqual({ 'ui:widget': 'checkboxes', items: { 'ui:enumNames': ['Courrier', 'Salle de réunion'] } })
  const [again] = champsDuFormulaire(asked)
  if (!again) throw new Error('no field')
  const free = change(asked, again, { ...again, requis: false })
  expect(noeud(noeud(free.schema.properties).services_voulus)).not.toHaveProperty('minItems')
  const compulsory = change(free, { ...again, requis: false }, { ...again, genre: 'choix', requis: true })
  const [single] = champsDuFormulaire(compulsory)
  if (!single) throw new Error('no field')
  expect(noeud(noeud(change(compulsory, single, { ...single, genre: 'plusieurs' }).schema.properties).services_voulus)).toHaveProperty('minItems', 1)
  // One answer only: what belonged to several goes.
  const one = change(free, { ...again, requis: false }, { ...again, requis: false, genre: 'choix' })
  expect(noeud(one.schema.properties).services_voulus).toEqual({ type: 'string', title: 'Services voulus', enum: ['courrier', 'salle'], 'x-libelles': { courrier: 'Courrier', salle: 'Salle de réunion' } })
  expect(one.ui.services_voulus).toEqual({ 'ui:widget': 'radio', 'ui:enumNames': ['Courrier', 'Salle de réunion'] })
})

test('a list of texts is read as one, and what the screen does not show of it is kept', () => {
  const made = add(vide('Projet'), 'Associés', 'liste')
  expect(champsDuFormulaire(made.form).map((each) => each.genre)).toEqual(['liste'])
  const form = { schema: { properties: { temoins: { type: 'array', title: 'Témoins', minItems: 2, items: { type: 'string', title: 'Nom', maxLength: 80 } } } }, ui: {} }
  const [champ] = champsDuFormulaire(form)
  if (!champ) throw new Error('no field')
  const renamed = change(form, champ, { ...champ, titre: 'Les témoins' })
  expect(noeud(renamed.schema.properties).temoins).toEqual({ type: 'array', title: 'Les témoins', minItems: 2, items: { type: 'string', title: 'Nom', maxLength: 80 } })
})

test('a list of groups, or of what the file proposes, is left to the source', () => {
  const properties = {
    enfants: { type: 'array', items: { type: 'object', properties: {} } },
    dettes: { type: 'array', items: { type: 'string' }, 'x-parmi': 'dettes.nom' },
    dates: { type: 'array', items: { type: 'string', format: 'date' } },
  }
  expect(champsDuFormulaire({ schema: { properties }, ui: {} }).map((each) => each.genre)).toEqual(['autre', 'autre', 'autre'])
})
