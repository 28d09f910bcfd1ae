import { describe, expect, it } from 'vitest'
import { columnOf, known, lettersOf, shown } from './nombres'

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

describe('numbers of a spreadsheet', () => {
  it.each([
    [1234.5, '', '1234,5'],
    [1234.5, 'General', '1234,5'],
    [1234.5, '#,##0.00', '1 234,50'],
    [1234.5, '#,##0.00\\ "€"', '1 234,50 €'],
    [-1234.5, '#,##0.00\\ [$€-40C];[Red]-#,##0.00\\ [$€-40C]', '-1 234,50 €'],
    [0.055, '0.0%', '5,5 %'],
    [75, '00000', '00075'],
    [46349, known(14), '23/11/2026'],
    [46349, '[$-40C]d\\ mmmm\\ yyyy', '23/11/2026'],
    [46349.625, known(22), '23/11/2026 15:00'],
    [0.625, known(20), '15:00'],
    [46349, 'mmm\\-yy', '11/2026'],
    [12, '0" mois"', '12'],
  ])('%d as %s', (value, format, expected) => {
    expect(plain(shown(value, format))).toBe(expected)
  })

  it('counts from 1904 when the workbook says so', () => {
    expect(shown(46349 - 1462, known(14), true)).toBe('23/11/2026')
  })

  it('names columns', () => {
    expect(['A1', 'Z9', 'AB12'].map(columnOf)).toEqual([0, 25, 27])
    expect([0, 25, 27, 701].map(lettersOf)).toEqual(['A', 'Z', 'AB', 'ZZ'])
  })
})
