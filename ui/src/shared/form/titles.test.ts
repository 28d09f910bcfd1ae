import { readFileSync } from 'node:fs'
import { MantineProvider } from '@mantine/core'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import DynamicForm from './DynamicForm'
import { titled } from './titles'

const schema = JSON.parse(
  readFileSync(new URL('../../../../forms/optimisation_abonnement.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

const USUAL = 'Prix de l\'abonnement (€/mois ou €/an)'
const priceOf = (data: Record<string, unknown>): unknown => (titled(schema, data).properties?.prix as { title?: string }).title

describe('titles that depend on the answers (OPT-09, OPT-10)', () => {
  it('a price is named after what is paid, and how often', () => {
    expect(priceOf({})).toBe(USUAL)
    expect(priceOf({ type: 'electricite', periodicite: 'mois' })).toBe(USUAL)
    expect(priceOf({ type: 'internet' })).toBe('Prix mensuel')
    expect(priceOf({ type: 'mobile', periodicite: 'mois' })).toBe('Prix mensuel')
    expect(priceOf({ type: 'mobile', periodicite: 'an' })).toBe('Prix annuel')
  })

  it('a schema whose titles do not change is left as it is', () => {
    expect(titled(schema, { type: 'gaz' })).toBe(schema)
  })

  it('an `else` renames too', () => {
    const either = {
      type: 'object',
      properties: { pro: { type: 'boolean' }, nom: { type: 'string', title: 'Nom' } },
      if: { properties: { pro: { const: true } }, required: ['pro'] },
      then: { properties: { nom: { title: 'Dénomination' } } },
      else: { properties: { nom: { title: 'Nom de famille' } } },
    } as const
    const nameOf = (pro: boolean): unknown => (titled(either as never, { pro }).properties?.nom as { title?: string }).title
    expect([nameOf(true), nameOf(false)]).toEqual(['Dénomination', 'Nom de famille'])
  })

  it('the form is drawn with it', () => {
    const drawn = (data: Record<string, unknown>): string =>
      renderToStaticMarkup(createElement(MantineProvider, null, createElement(DynamicForm, { schema, data, onSubmit: async () => undefined })))
    expect(drawn({ type: 'internet' })).toContain('>Prix mensuel')
    expect(drawn({ type: 'internet' })).not.toContain('Prix de l&#x27;abonnement')
    expect(drawn({ type: 'gaz' })).not.toContain('Prix mensuel')
  })
})
