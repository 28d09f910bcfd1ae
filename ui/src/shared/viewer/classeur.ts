import { Archive, said, within } from './archive'
import { columnOf, known, lettersOf, shown } from './nombres'

/** Lines and columns shown: beyond, the file is downloaded. */
const LINES = 500
const COLUMNS = 60
/** Cells that merged ones may cover in all: more is no table that somebody drew. */
const MOST_MERGED = 2 * LINES * COLUMNS

export interface Cellule { texte: string; nombre: boolean; gras: boolean; colonnes: number; lignes: number }
export interface Ligne { numero: number; cellules: Map<number, Cellule> }
export interface Feuille { nom: string; colonnes: { rang: number; lettres: string }[]; lignes: Ligne[]; reste: boolean }

interface Style { format: string; gras: boolean }
interface Livre { textes: string[]; styles: Style[]; from1904: boolean }

/** Sheets of an Excel workbook as tables: values as they were last computed, nothing is computed here. */
export async function feuilles(bytes: ArrayBuffer): Promise<Feuille[]> {
  const archive = await Archive.open(bytes)
  const book = await archive.heart('xl/workbook.xml')
  const links = new Map(within(await archive.heart('xl/_rels/workbook.xml.rels'), 'Relationship').map((each) => [said(each, 'Id'), said(each, 'Target')]))
  const livre: Livre = {
    textes: within(await archive.part('xl/sharedStrings.xml') ?? book, 'si').map(spoken),
    styles: styles(await archive.part('xl/styles.xml')),
    from1904: within(book, 'workbookPr').some((each) => ['1', 'true'].includes(said(each, 'date1904'))),
  }
  const found: Feuille[] = []
  for (const sheet of within(book, 'sheet')) {
    const target = links.get(said(sheet, 'id'))
    if (!target || !['', 'visible'].includes(said(sheet, 'state'))) continue
    const part = await archive.part(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
    if (part && within(part, 'sheetData').length > 0) found.push(feuille(said(sheet, 'name'), part, livre))
  }
  return found
}

function styles(part: Document | null): Style[] {
  const list = part && within(part, 'cellXfs')[0]
  if (!part || !list) return []
  const own = new Map(within(part, 'numFmt').map((each) => [said(each, 'numFmtId'), said(each, 'formatCode')]))
  const bold = [...within(part, 'fonts')[0]?.children ?? []].map((font) => within(font, 'b').some((each) => said(each, 'val') !== '0'))
  return within(list, 'xf').map((each) => ({
    format: own.get(said(each, 'numFmtId')) ?? known(Number(said(each, 'numFmtId'))),
    gras: bold[Number(said(each, 'fontId'))] ?? false,
  }))
}

/** Text of a string, without the reading aids of Asian scripts. */
const spoken = (string: Element): string => within(string, 't').filter((each) => each.parentElement?.localName !== 'rPh').map((each) => each.textContent).join('')

function feuille(nom: string, part: Document, livre: Livre): Feuille {
  const rows = within(part, 'row')
  const hidden = within(part, 'col').filter((each) => ['1', 'true'].includes(said(each, 'hidden')))
  const lignes: Ligne[] = []
  let last = 0
  let wide = false
  let number = 0
  for (const row of rows) {
    number = Number(said(row, 'r')) || number + 1
    if (['1', 'true'].includes(said(row, 'hidden'))) continue
    if (lignes.length === LINES) break
    const cellules = new Map<number, Cellule>()
    let rank = -1
    for (const cell of within(row, 'c')) {
      rank = said(cell, 'r') ? columnOf(said(cell, 'r')) : rank + 1
      const read = cellule(cell, livre)
      if (!read) continue
      if (rank >= COLUMNS) { wide = true; break }
      cellules.set(rank, read)
      last = Math.max(last, rank)
    }
    lignes.push({ numero: number, cellules })
  }
  const whole = merge(within(part, 'mergeCell').map((each) => said(each, 'ref')), lignes)
  while (lignes.length > 0 && lignes.at(-1)?.cellules.size === 0) lignes.pop()
  const colonnes = Array.from({ length: last + 1 }, (_, rang) => ({ rang, lettres: lettersOf(rang) }))
    .filter(({ rang }) => !hidden.some((each) => rang + 1 >= Number(said(each, 'min')) && rang + 1 <= Number(said(each, 'max'))))
  return { nom, colonnes, lignes, reste: wide || !whole || rows.length > LINES }
}

function cellule(cell: Element, livre: Livre): Cellule | null {
  const style = livre.styles[Number(said(cell, 's') || 0)]
  const value = within(cell, 'v')[0]?.textContent ?? ''
  const type = said(cell, 't')
  let texte = value
  if (type === 's') texte = livre.textes[Number(value)] ?? ''
  else if (type === 'inlineStr') texte = spoken(cell)
  else if (type === 'b') texte = value === '1' ? 'VRAI' : 'FAUX'
  else if ((type === '' || type === 'n') && value !== '') texte = shown(Number(value), style?.format ?? '', livre.from1904)
  return texte === '' ? null : { texte, nombre: type === '' || type === 'n', gras: style?.gras ?? false, colonnes: 1, lignes: 1 }
}

/** A merged cell covers those after it, which are left out. Over lines that are hidden or not shown, it stays as it is. False when there were
 * too many for all to be. */
export function merge(places: string[], lignes: Ligne[]): boolean {
  let room = MOST_MERGED
  const at = new Map(lignes.map((ligne) => [ligne.numero, ligne]))
  for (const place of places) {
    const [from = '', to = from] = place.split(':')
    const [top, bottom] = [Number(from.replace(/\D/g, '')), Number(to.replace(/\D/g, ''))]
    const [left, right] = [columnOf(from), Math.min(columnOf(to), COLUMNS - 1)]
    const first = at.get(top)?.cellules.get(left)
    // What another one covers, or already is one, is no start of a merged cell.
    if (!first || first.lignes !== 1 || first.colonnes !== 1 || bottom < top || right < left || bottom - top >= LINES) continue
    room -= (bottom - top + 1) * (right - left + 1)
    if (room < 0) return false
    if (Array.from({ length: bottom - top + 1 }, (_, rank) => top + rank).some((number) => !at.has(number))) continue
    first.colonnes = right - left + 1
    first.lignes = bottom - top + 1
    for (let number = top; number <= bottom; number += 1) {
      for (let rank = left; rank <= right; rank += 1) {
        if (number !== top || rank !== left) at.get(number)?.cellules.set(rank, { ...first, lignes: 0 })
      }
    }
  }
  return true
}
