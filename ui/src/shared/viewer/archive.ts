import JSZip from 'jszip'
import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../api/http'

/** Beyond, the browser of a phone stops answering. */
const MOST = 20_000_000
const MOST_XML = 12_000_000

/** The bytes of a file to be read here; `lisible` is false when it is too long for that. */
export function useBytes(url: string, taille: number) {
  const lisible = taille <= MOST
  const query = useQuery({
    queryKey: ['octets', url],
    queryFn: async ({ signal }) => {
      const answer = await fetch(url, { signal, credentials: 'same-origin' })
      if (!answer.ok) throw new ApiError(answer.status, (await answer.json()) as ConstructorParameters<typeof ApiError>[1])
      return answer.arrayBuffer()
    },
    enabled: lisible,
    staleTime: Infinity,
    gcTime: 0,
  })
  return { ...query, lisible }
}

/** A document that is an archive of XML parts. */
export class Archive {
  private constructor(private readonly zip: JSZip) {}

  static async open(bytes: ArrayBuffer): Promise<Archive> {
    return new Archive(await JSZip.loadAsync(bytes))
  }

  /** A part, or nothing when there is none of this name. Throws on one that cannot be read here. */
  async part(name: string): Promise<Document | null> {
    const text = await this.zip.file(name)?.async('string')
    if (text === undefined) return null
    const read = text.length > MOST_XML ? null : new DOMParser().parseFromString(text, 'application/xml')
    if (!read || read.querySelector('parsererror')) throw new Error(`${name} cannot be read`)
    return read
  }

  /** The same, which the document must have. */
  async heart(name: string): Promise<Document> {
    const read = await this.part(name)
    if (!read) throw new Error(`${name} is missing`)
    return read
  }

  /** A picture, as an address that a page may show; nothing when it is of another kind. */
  async picture(name: string): Promise<string | null> {
    const type = { png: 'png', jpg: 'jpeg', jpeg: 'jpeg', gif: 'gif', webp: 'webp' }[name.split('.').pop()?.toLowerCase() ?? '']
    const bytes = type && await this.zip.file(name)?.async('base64')
    return bytes ? `data:image/${type};base64,${bytes}` : null
  }
}

/** Elements of this local name, whatever their prefix. */
export const within = (node: Document | Element, name: string): Element[] => [...node.getElementsByTagNameNS('*', name)]

/** An attribute by its local name, whatever its prefix; '' when there is none. */
export const said = (element: Element, name: string): string => [...element.attributes].find((each) => each.localName === name)?.value ?? ''
