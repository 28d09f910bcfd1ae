import type { RJSFSchema } from '@rjsf/utils'
import { validator } from './validator'

type Fields = Record<string, RJSFSchema>

/**
 * The schema under the titles that these answers give its fields: a branch (`then`, `else`) may give another `title` to
 * a field declared above it, and the last branch that holds wins. rjsf would keep the first title.
 */
export function titled(schema: RJSFSchema, data: unknown): RJSFSchema {
  const properties = { ...schema.properties } as Fields
  const before = Object.values(properties)
  for (const part of [...((schema.allOf ?? []) as RJSFSchema[]), schema]) {
    if (part.if === undefined) continue
    const branch = validator.isValid(part.if as RJSFSchema, data as never, schema) ? part.then : part.else
    for (const [field, { title }] of Object.entries(((branch as RJSFSchema | undefined)?.properties ?? {}) as Fields)) {
      const declared = properties[field]
      if (declared !== undefined && title !== undefined && title !== declared.title) properties[field] = { ...declared, title }
    }
  }
  return Object.values(properties).some((field, rank) => field !== before[rank]) ? { ...schema, properties } : schema
}
