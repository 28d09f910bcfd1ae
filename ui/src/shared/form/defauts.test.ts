import { createSchemaUtils, type RJSFSchema } from '@rjsf/utils'
import { expect, test } from 'vitest'
import { DEFAULTS, withEmptyBoxes } from './defauts'
import { validator } from './validator'

const held = (schema: Record<string, unknown>, ui: Record<string, unknown>, given: Record<string, unknown> = {}): unknown => {
  const made = withEmptyBoxes(schema, ui) as RJSFSchema
  return createSchemaUtils(validator, made, DEFAULTS).getDefaultFormState(made, given)
}

test('a question to answer by yes or no is answered by nobody until someone does', () => {
  const schema = { type: 'object', properties: { immatriculee: { type: 'boolean' }, nuit: { type: 'boolean' } }, required: ['immatriculee'] }
  expect(held(schema, { immatriculee: { 'ui:widget': 'radio' } })).toEqual({})
})

test('a compulsory box that is not ticked says no, in a branch too; a consent stays to be given', () => {
  const properties = { mandat: { type: 'boolean' }, accord: { type: 'boolean', const: true }, nature: { type: 'string', default: 'cdi' } }
  expect(held({ type: 'object', properties, required: ['mandat', 'accord'] }, {})).toEqual({ mandat: false, nature: 'cdi' })
  const branch = { if: { properties: { nature: { const: 'cdi' } }, required: ['nature'] }, then: { properties: { cadre: { type: 'boolean' } }, required: ['cadre'] } }
  const conditional = { type: 'object', properties: { nature: { type: 'string' } }, allOf: [branch] }
  expect(held(conditional, {}, { nature: 'cdi' })).toEqual({ nature: 'cdi', cadre: false })
  expect(held(conditional, { cadre: { 'ui:widget': 'radio' } }, { nature: 'cdi' })).toEqual({ nature: 'cdi' })
})
