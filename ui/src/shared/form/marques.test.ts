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
