import { describe, expect, it } from 'vitest'
import { de, dueShort, duration, fileSize, initials, longDate, moment, money, percent, phone, relativeDay, shortDate, siret, spokenHour, weekday } from './format'

const NOW = '2026-11-23T09:00:00Z'
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('French formats', () => {
  it('reads instants in Paris and civil dates as they are', () => {
    expect(shortDate('2026-11-23')).toBe('23/11/2026')
    expect(shortDate('2026-11-22T23:30:00Z')).toBe('23/11/2026')
    expect(plain(spokenHour('2026-11-23T15:20:00Z'))).toBe('16 h 20')
    expect(plain(spokenHour('2026-07-23T07:00:00Z'))).toBe('9 h')
  })

  it('says dates in words, the year only when it differs, the first as « 1er »', () => {
    expect(plain(weekday('2026-11-27', NOW))).toBe('vendredi 27 novembre')
    expect(plain(weekday('2027-01-29', NOW))).toBe('vendredi 29 janvier 2027')
    expect(plain(longDate('2026-12-01'))).toBe('1er décembre 2026')
  })

  it('says days near today by name', () => {
    expect(relativeDay('2026-11-23', NOW)).toBe('aujourd’hui')
    expect(relativeDay('2026-11-24', NOW)).toBe('demain')
    expect(plain(moment('2026-11-22T15:20:00Z', NOW))).toBe('hier à 16 h 20')
  })

  it('shortens due dates for the console', () => {
    expect(plain(dueShort('2026-11-20T08:00:00Z', NOW))).toBe('3 jours')
    expect(dueShort('2026-11-23T16:00:00Z', NOW)).toBe('17:00')
    expect(dueShort('2026-12-01', NOW)).toBe('01/12/2026')
  })

  it('keeps amounts, shares and sizes in one piece', () => {
    expect(money(123456)).toBe('1\u00a0234,56\u00a0€')
    expect(money(431000, { decimals: false })).toBe('4\u00a0310\u00a0€')
    expect(percent(0.34)).toBe('34\u00a0%')
    expect(plain(duration(13320))).toBe('3 h 42')
    expect(plain(fileSize(14_000_000))).toBe('14 Mo')
    expect(plain(fileSize(0))).toBe('0 ko')
    expect(plain(phone('+33 5 36 49 12 40'))).toBe('05 36 49 12 40')
    expect(['41804275600019', '418042756', '418 042 756 00019', '4180'].map((each) => plain(siret(each)))).toEqual([
      '418 042 756 00019', '418 042 756', '418 042 756 00019', '4180',
    ])
  })

  it('elides « de » before a vowel', () => {
    expect([de('Adrien'), de('Éloïse'), de('Yves')]).toEqual(['d’Adrien', 'd’Éloïse', 'd’Yves'])
    expect([de('Camille'), de('Yanis'), de('Hugo')]).toEqual(['de Camille', 'de Yanis', 'de Hugo'])
  })

  it('takes the first and last names for initials', () => {
    expect(initials('Sophie Lemaire')).toBe('SL')
    expect(initials('Jean-Paul', 'de la Tour')).toBe('JT')
  })
})
