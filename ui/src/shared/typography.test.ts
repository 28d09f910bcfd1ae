import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** A sign that a line may leave alone: a plain space inside « » or before : ; ? ! € %. */
const BREAKS = /« | »| [:;?!€%](?=$|[\s'".,)\]<…])/

const { JsxText, TemplateHead, TemplateMiddle, TemplateTail } = ts.SyntaxKind
const PARTS = new Set([JsxText, TemplateHead, TemplateMiddle, TemplateTail])

/** Texts of a source where a no-break space is due. */
function breaks(source: string): string[] {
  const file = ts.createSourceFile('source.tsx', source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || PARTS.has(node.kind)) {
      const text = source.slice(node.kind === JsxText ? node.pos : node.getStart(file), node.end)
      if (BREAKS.test(text)) found.push(text.trim())
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.ts', '!../**/schema.d.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Every source is parsed: seconds, on a machine that does other things. */
const WHOLE_MS = 60_000

describe('texts of the screens (UX)', () => {
  it('sees what a line would leave alone, and nothing of the code', () => {
    expect(breaks("const x = 'Reçu : le RIB'")).toHaveLength(1)
    expect(breaks('const x = <p>Confirmez-vous ?</p>')).toHaveLength(1)
    expect(breaks('const x = `Refuser « ${y} »`')).toHaveLength(2)
    expect(breaks("const x = a ? 'b' : 'c' // « so »")).toEqual([])
    expect(breaks('const x = <p>Reçu\u00a0: «\u00a0{y}\u00a0»</p>')).toEqual([])
  })

  it('keep their signs on the line', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(100)
    expect(Object.entries(sources).flatMap(([path, source]) => breaks(source).map((text) => `${path} ${text}`))).toEqual([])
  }, WHOLE_MS)
})
