/** Lines around a change that say where it is. */
const AUTOUR = 2

/** What changed in a text, line by line: « - » was there, « + » is. From the first line that differs to the last one. */
export function ecart(avant: string, apres: string): string {
  const old = avant.split('\n')
  const now = apres.split('\n')
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1
  let tail = 0
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1
  if (head === old.length && head === now.length) return ''
  return [
    ...old.slice(Math.max(0, head - AUTOUR), head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+${line}`),
    ...old.slice(old.length - tail).slice(0, AUTOUR).map((line) => ` ${line}`),
  ].join('\n')
}

/** The same of several files, those that changed only, each under its name. */
export function ecarts(avant: Record<string, string>, apres: Record<string, string>): string {
  return [...new Set([...Object.keys(avant), ...Object.keys(apres)])]
    .map((path) => [path, ecart(avant[path] ?? '', apres[path] ?? '')])
    .filter(([, changed]) => changed !== '')
    .map(([path, changed]) => `${path}\n${changed}`)
    .join('\n\n')
}
