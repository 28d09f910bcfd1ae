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

type Allure = Pick<Noeud, 'gras' | 'italique' | 'souligne' | 'alignement' | 'nouvellePage'>
const ALIGNED: Record<string, NonNullable<Allure['alignement']>> = { start: 'left', left: 'left', center: 'center', end: 'right', right: 'right', justify: 'justify' }
/** A cell repeated to the end of the world, as spreadsheets do. */
const MOST_REPEATED = 60

/** An OpenDocument text as it reads: titles, paragraphs, lists, tables, pictures and notes; neither its margins nor its fonts. */
export async function texte(bytes: ArrayBuffer): Promise<Morceau[]> {
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
  return reading.notes.length > 0 ? [...read, { genre: 'notes', contenu: reading.notes }] : read
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

  constructor(
    private readonly styles: Map<string, { parent: string; allure: Allure }>,
    private readonly numbered: Set<string>,
    private readonly images: Map<string, string>,
  ) {}

  inside(element: Element, list = ''): Morceau[] {
    return [...element.childNodes].flatMap((each) =>
      each instanceof Element ? this.element(each, list) : each.nodeType === Node.TEXT_NODE ? [each.textContent?.replace(/\s+/g, ' ') ?? ''] : [])
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
      case 'table': return [{ genre: 'tableau', contenu: within(element, 'table-row').filter((row) => row.closest('*|table') === element).map((row) => this.row(row)) }]
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
      case 'tracked-changes': case 'annotation': case 'sequence-decls': case 'forms': case 'script': case 'variable-decls': case 'title': case 'desc': return []
      default: return contenu()
    }
  }

  private row(row: Element): Noeud {
    const cells = [...row.children].filter((each) => each.localName === 'table-cell')
    return {
      genre: 'ligne',
      contenu: cells.flatMap((cell) => {
        const read: Noeud = { genre: 'cellule', contenu: this.inside(cell), colonnes: Number(said(cell, 'number-columns-spanned')) || 1, lignes: Number(said(cell, 'number-rows-spanned')) || 1 }
        return Array<Noeud>(Math.min(MOST_REPEATED, Number(said(cell, 'number-columns-repeated')) || 1)).fill(read)
      }),
    }
  }

  /** What a style and those it stands on say; a loop between them ends. */
  private allure(name: string, deep = 0): Allure {
    const style = this.styles.get(name)
    return style && deep < 20 ? { ...this.allure(style.parent, deep + 1), ...style.allure } : {}
  }
}
