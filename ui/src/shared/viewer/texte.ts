import { Archive, said, within } from './archive'
import { NBSP } from '../format'
import { OUTSIDE, protocolOf } from './docx'

/** A piece of a text as it is shown: an element, what it holds, or words. */
export type Morceau = string | Noeud
export interface Noeud {
  genre: 'titre' | 'paragraphe' | 'liste' | 'liste-numerotee' | 'point' | 'tableau' | 'ligne' | 'cellule' | 'lien' | 'image' | 'mots' | 'retour' | 'note' | 'notes'
  contenu: Morceau[]
  niveau?: number
  adresse?: string
  colonnes?: number
  lignes?: number
  gras?: boolean
  italique?: boolean
  souligne?: boolean
  alignement?: 'left' | 'center' | 'right' | 'justify'
  nouvellePage?: boolean
}

/** What is shown of a text, and whether there is more. */
export interface Texte { morceaux: Morceau[]; reste: boolean }

type Allure = Pick<Noeud, 'gras' | 'italique' | 'souligne' | 'alignement' | 'nouvellePage'>
const ALIGNED: Record<string, NonNullable<Allure['alignement']>> = { start: 'left', left: 'left', center: 'center', end: 'right', right: 'right', justify: 'justify' }
/** A cell repeated to the end of the world, as spreadsheets do, or spread over it. */
const MOST_COLUMNS = 60
const MOST_LINES = 500
/** Pieces drawn: some two hundred pages. Beyond, the file is downloaded. */
const MOST_PIECES = 30_000
/** Where a title and a description are those of a picture, not of the document. */
const SVG = 'urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0'

/** An OpenDocument text as it reads: titles, paragraphs, lists, tables, pictures and notes; neither its margins nor its fonts. */
export async function texte(bytes: ArrayBuffer): Promise<Texte> {
  const archive = await Archive.open(bytes)
  const content = await archive.heart('content.xml')
  const styles = await archive.part('styles.xml')
  const body = within(content, 'text').find((each) => each.parentElement?.localName === 'body')
  if (!body) throw new Error('no text')
  const images = new Map<string, string>()
  for (const image of within(body, 'image')) {
    const name = said(image, 'href').replace(/^\.\//, '')
    const address = await archive.picture(name)
    if (address) images.set(name, address)
  }
  const reading = new Reading(allures(styles ? [styles, content] : [content]), numbered([content, ...(styles ? [styles] : [])]), images)
  const read = reading.inside(body)
  return { morceaux: reading.notes.length > 0 ? [...read, { genre: 'notes', contenu: reading.notes }] : read, reste: reading.room < 0 }
}

function allures(parts: Document[]): Map<string, { parent: string; allure: Allure }> {
  const found = new Map<string, { parent: string; allure: Allure }>()
  for (const style of parts.flatMap((part) => within(part, 'style'))) {
    const allure: Allure = {}
    for (const properties of style.children) {
      const weight = said(properties, 'font-weight')
      if (weight) allure.gras = weight === 'bold' || Number(weight) >= 600
      if (said(properties, 'font-style')) allure.italique = said(properties, 'font-style') === 'italic'
      if (said(properties, 'text-underline-style')) allure.souligne = said(properties, 'text-underline-style') !== 'none'
      const aligned = ALIGNED[said(properties, 'text-align')]
      if (aligned) allure.alignement = aligned
      if (said(properties, 'break-before') === 'page') allure.nouvellePage = true
    }
    found.set(said(style, 'name'), { parent: said(style, 'parent-style-name'), allure })
  }
  return found
}

/** Names of the styles of lists whose first level has numbers. */
const numbered = (parts: Document[]): Set<string> =>
  new Set(parts.flatMap((part) => within(part, 'list-style')).filter((each) => each.firstElementChild?.localName === 'list-level-style-number').map((each) => said(each, 'name')))

class Reading {
  readonly notes: Morceau[] = []
  /** Pieces that may still be drawn; under zero, some were left out. */
  room = MOST_PIECES

  constructor(
    private readonly styles: Map<string, { parent: string; allure: Allure }>,
    private readonly numbered: Set<string>,
    private readonly images: Map<string, string>,
  ) {}

  inside(element: Element, list = ''): Morceau[] {
    return [...element.childNodes].flatMap((each) =>
      !this.fits(1) ? [] : each instanceof Element ? this.element(each, list) : each.nodeType === Node.TEXT_NODE ? [each.textContent?.replace(/\s+/g, ' ') ?? ''] : [])
  }

  private fits(pieces: number): boolean {
    if (this.room >= 0) this.room -= pieces
    return this.room >= 0
  }

  private element(element: Element, list: string): Morceau[] {
    const contenu = (): Morceau[] => this.inside(element, list)
    const allure = this.allure(said(element, 'style-name'))
    switch (element.localName) {
      case 'h': return [{ genre: 'titre', niveau: Math.min(6, Number(said(element, 'outline-level')) || 1), contenu: contenu(), ...allure }]
      case 'p': return [{ genre: 'paragraphe', contenu: contenu(), ...allure }]
      case 'span': return [{ genre: 'mots', contenu: contenu(), ...allure }]
      case 's': return [NBSP.repeat(Math.min(80, Number(said(element, 'c')) || 1))]
      case 'tab': return ['\u2003']
      case 'line-break': return [{ genre: 'retour', contenu: [] }]
      case 'list': {
        const style = said(element, 'style-name') || list
        return [{ genre: this.numbered.has(style) ? 'liste-numerotee' : 'liste', contenu: this.inside(element, style).filter((each) => typeof each !== 'string') }]
      }
      case 'list-item': case 'list-header': return [{ genre: 'point', contenu: contenu() }]
      case 'table': return [{ genre: 'tableau', contenu: rowsOf(element).filter(() => this.fits(1)).map((row) => this.row(row)) }]
      case 'a': return [OUTSIDE.includes(protocolOf(said(element, 'href'))) ? { genre: 'lien', adresse: said(element, 'href'), contenu: contenu() } : { genre: 'mots', contenu: contenu() }]
      case 'image': {
        const adresse = this.images.get(said(element, 'href').replace(/^\.\//, ''))
        return adresse ? [{ genre: 'image', adresse, contenu: [] }] : []
      }
      case 'note': {
        const body = element.querySelector('*|note-body')
        const mark = element.querySelector('*|note-citation')?.textContent ?? String(this.notes.length + 1)
        if (body) this.notes.push({ genre: 'point', contenu: [`${mark}. `, ...this.inside(body)] })
        return [{ genre: 'note', contenu: [mark] }]
      }
      // What was struck out, said in the margin, or is only an instruction is no part of what it says.
      case 'tracked-changes': case 'annotation': case 'sequence-decls': case 'forms': case 'script': case 'variable-decls': return []
      case 'title': case 'desc': return element.namespaceURI === SVG ? [] : contenu()
      // What an index is made from is its pattern, not its lines.
      default: return element.localName.endsWith('-source') ? [] : contenu()
    }
  }

  private row(row: Element): Noeud {
    return { genre: 'ligne', contenu: [...row.children].filter((each) => each.localName === 'table-cell').flatMap((cell) => this.cell(cell)) }
  }

  private cell(cell: Element): Noeud[] {
    const colonnes = count(cell, 'number-columns-spanned', MOST_COLUMNS)
    const lignes = count(cell, 'number-rows-spanned', MOST_LINES)
    // Only what is empty is repeated: tables inside each other would multiply.
    const times = cell.textContent.trim() === '' && within(cell, 'image').length === 0 ? count(cell, 'number-columns-repeated', MOST_COLUMNS) : 1
    if (!this.fits(times * colonnes * lignes)) return []
    const contenu = times === 1 ? this.inside(cell) : []
    return Array.from({ length: times }, () => ({ genre: 'cellule', contenu, colonnes, lignes }))
  }

  /** What a style and those it stands on say; a loop between them ends. */
  private allure(name: string, deep = 0): Allure {
    const style = this.styles.get(name)
    return style && deep < 20 ? { ...this.allure(style.parent, deep + 1), ...style.allure } : {}
  }
}

/** How many times, or over how many cells: one unless it says otherwise. */
const count = (cell: Element, name: string, most: number): number => Math.max(1, Math.min(most, Math.floor(Number(said(cell, name))) || 1))

/** Rows of a table, those of its head and of its groups included, not those of the tables inside it. */
const rowsOf = (element: Element): Element[] =>
  [...element.children].flatMap((each) => each.localName === 'table-row' ? [each] : ['table-header-rows', 'table-rows', 'table-row-group'].includes(each.localName) ? rowsOf(each) : [])
