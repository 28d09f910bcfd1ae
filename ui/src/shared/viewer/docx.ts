const ACTS = 'script, iframe, object, embed, form, base, meta, link, foreignObject'
/** What a link of a document may open. */
export const OUTSIDE = ['http:', 'https:', 'mailto:', 'tel:']

/** Take out of a document just drawn what is not for reading: whatever could act, and links to anything but a page or a mail. */
export function harmless(body: HTMLElement): void {
  for (const element of body.querySelectorAll(ACTS)) element.remove()
  for (const element of body.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) if (name.startsWith('on')) element.removeAttribute(name)
  }
  for (const link of body.querySelectorAll('a')) {
    if (link.getAttribute('href')?.startsWith('#')) link.removeAttribute('href')
    else if (!OUTSIDE.includes(protocolOf(link.getAttribute('href') ?? ''))) link.removeAttribute('href')
    else {
      link.target = '_blank'
      link.rel = 'noopener noreferrer'
    }
  }
}

/** « https: », or nothing when it is no whole address. */
export function protocolOf(address: string): string {
  try {
    return new URL(address).protocol
  } catch {
    return ''
  }
}
