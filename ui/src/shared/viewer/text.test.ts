import { describe, expect, it } from 'vitest'
import { cells, decoded } from './text'

describe('text shown in the viewer', () => {
  it('reads UTF-8, and Windows-1252 when it is not', () => {
    expect(decoded(new Uint8Array([0xc3, 0xa9, 0x74, 0xc3, 0xa9]).buffer)).toBe('été')
    expect(decoded(new Uint8Array([0xe9, 0x74, 0xe9, 0x20, 0x80]).buffer)).toBe('été €')
  })

  it('cuts a table at the separator of its first line, quotes and line ends inside a cell included', () => {
    const { lignes, reste } = cells('Compte;Libellé\r\n401;"Durand; ""fils""\nLyon"\r\n411;1,50', 10)
    expect(lignes).toEqual([['Compte', 'Libellé'], ['401', 'Durand; "fils"\nLyon'], ['411', '1,50']])
    expect(reste).toBe(false)
  })

  it('says when there is more', () => {
    expect(cells('a,b\n1,2\n3,4\n', 2)).toEqual({ lignes: [['a', 'b'], ['1', '2']], reste: true })
    expect(cells('a,b\n1,2\n', 2).reste).toBe(false)
  })
})
