/** What a text file says, whatever wrote it: UTF-8, else the Windows-1252 of older French spreadsheets. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Cells of a CSV file (RFC 4180; the separator is that of its first line), as far as `most` lines. */
export function cells(text: string, most: number): { lignes: string[][]; reste: boolean } {
  const first = text.slice(0, text.search(/\r?\n|$/))
  const separator = [';', '\t', ','].reduce((best, each) => (first.split(each).length > first.split(best).length ? each : best))
  const lignes: string[][] = []
  let line: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (text[at + 1] === '"') { cell += '"'; at += 1 } else quoted = false
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === separator) { line.push(cell); cell = '' } else if (sign === '\n') {
      lignes.push([...line, cell.replace(/\r$/, '')])
      line = []
      cell = ''
      if (lignes.length === most) return { lignes, reste: at < text.length - 1 }
    } else cell += sign
  }
  if (cell !== '' || line.length > 0) lignes.push([...line, cell])
  return { lignes, reste: false }
}
