import { MantineProvider } from '@mantine/core'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { answerText, Recap } from './Recap'

describe('an answer in words', () => {
  it.each([
    [{ format: 'nir' }, '298053306301743', '2 98 05 33 063 017 43'],
    [{ format: 'iban' }, 'FR7630006000011234567890189', 'FR76 3000 6000 0112 3456 7890 189'],
    [{ format: 'telephone-fr' }, '0536491240', '05 36 49 12 40'],
    [{ format: 'siren' }, '418042756', '418 042 756'],
    [{ format: 'decimal', 'x-unite': '%' }, '2.50', '2,50 %'],
    [{ format: 'heure' }, '08:30', '8 h 30'],
    [{ 'x-monnaie': 'EUR' }, 195000, '1 950,00 €'],
    [{ type: 'array', items: { type: 'string' } }, ['Léa Martin', 'Paul Rey'], 'Léa Martin ; Paul Rey'],
    [{ oneOf: [{ const: 'cdi', title: 'Durée indéterminée' }] }, 'cdi', 'Durée indéterminée'],
    [{}, true, 'Oui'],
    [{}, '', '—'],
  ])('%j: %j', (definition, value, expected) => {
    expect(answerText(definition, value).replace(/[\u00a0\u202f]/g, ' ')).toBe(expected)
  })
})

describe('what was answered on a page', () => {
  const proprietes = { lieu: { title: 'Lieu' }, temoins: { title: 'Témoins', type: 'array' }, heure: { title: 'Heure' } }
  const shown = (donnees: Record<string, unknown>): string =>
    renderToStaticMarkup(createElement(MantineProvider, null, createElement(Recap, { titre: 'Personnes', champs: ['lieu', 'temoins', 'heure'], proprietes, donnees })))

  it('leaves out what was left empty, a list too', () => {
    const html = shown({ lieu: 'Lyon', temoins: [], heure: '' })
    expect(html).toContain('Lyon')
    expect(html).not.toMatch(/Témoins|Heure/)
    expect(shown({ temoins: [] })).not.toContain('Personnes')
  })
})
