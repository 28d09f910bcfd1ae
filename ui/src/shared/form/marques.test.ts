import { MantineProvider } from '@mantine/core'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import DynamicForm from './DynamicForm'

const schema = {
  type: 'object',
  properties: {
    adresse: { type: 'object', title: 'Adresse', properties: { voie: { type: 'string', title: 'Voie' } } },
    temoins: { type: 'array', title: 'Témoins', items: { type: 'string', title: 'Nom' } },
    enfants: { type: 'array', title: 'Enfants', items: { type: 'object', properties: { prenom: { type: 'string', title: 'Prénom' } } } },
  },
}

test('a part of a group and an item of a list carry their own word', () => {
  const html = renderToStaticMarkup(
    createElement(MantineProvider, null, createElement(DynamicForm, {
      schema,
      data: { adresse: { voie: 'rue Haute' }, temoins: ['Luc', 'Zoé'], enfants: [{ prenom: 'Ana' }, { prenom: 'Bo' }] },
      onSubmit: async () => undefined,
      marques: [
        { champ: 'adresse/voie', etat: 'incomplet', mot: 'Le numéro.' },
        { champ: 'temoins/1', etat: 'incorrect', mot: 'Son nom entier.' },
        { champ: 'enfants/1/prenom', etat: 'incorrect', mot: 'En entier.' },
      ],
    })),
  )
  const after = (mot: string): string => html.slice(html.indexOf(mot)).match(/<input[^>]*value="([^"]*)"/)?.[1] ?? ''
  expect([after('Le numéro.'), after('Son nom entier.'), after('En entier.')]).toEqual(['rue Haute', 'Zoé', 'Bo'])
  expect(html.split('data-marque="true"')).toHaveLength(4)
})

test('the items of a list bear their own title, or the list’s, and their rank; boxes to tick have none', () => {
  const boxes = { type: 'array', title: 'Garanties', uniqueItems: true, items: { type: 'string', title: 'Garantie', enum: ['deces', 'perte'] } }
  const html = renderToStaticMarkup(
    createElement(MantineProvider, null, createElement(DynamicForm, {
      schema: { ...schema, properties: { ...schema.properties, garanties: boxes } },
      uiSchema: { garanties: { items: { 'ui:enumNames': ['Décès', 'Perte'] }, 'ui:widget': 'checkboxes' } },
      data: { temoins: ['Luc', 'Zoé'], enfants: [{ prenom: 'Ana' }], garanties: ['deces'] },
      onSubmit: async () => undefined,
    })),
  )
  const text = html.replace(/<[^>]*>/g, '|')
  expect(['Nom 1', 'Nom 2', 'Enfants 1', 'Décès', 'Perte'].filter((each) => !text.includes(`|${each}|`))).toEqual([])
  expect(text).not.toMatch(/Garantie \d|Témoins-|Enfants-/)
})
