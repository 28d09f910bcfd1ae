/** What a form holds before anyone has answered. */
type Node = Record<string, unknown>

const node = (value: unknown): Node => (value && typeof value === 'object' && !Array.isArray(value) ? (value as Node) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** rjsf would otherwise tick consent boxes, choose first radios and answer « Non » to what must be answered. */
export const DEFAULTS = { constAsDefaults: 'never', requiredBooleanDefault: 'skip' } as const

/** The schema where a compulsory box that nobody ticked says no; a question with its « Oui » and « Non » waits for its answer. */
export function withEmptyBoxes(schema: Node, ui: Node): Node {
  const required = list(schema.required)
  const properties = Object.entries(node(schema.properties)).map(([name, value]): [string, unknown] => {
    const field = node(value)
    const box = field.type === 'boolean' && required.includes(name) && node(ui[name])['ui:widget'] !== 'radio'
    return [name, box && !('default' in field) && !('const' in field) ? { ...field, default: false } : value]
  })
  return {
    ...schema,
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
    ...(schema.allOf === undefined ? {} : { allOf: list(schema.allOf).map((each) => branches(node(each), ui)) }),
  }
}

function branches(branch: Node, ui: Node): Node {
  const sides = (['then', 'else'] as const).filter((side) => branch[side] !== undefined)
  return { ...branch, ...Object.fromEntries(sides.map((side) => [side, withEmptyBoxes(node(branch[side]), ui)])) }
}
