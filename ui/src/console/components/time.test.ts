import { describe, expect, it } from 'vitest'
import { instantOf, stamp } from './time'
import { typo } from './typo'

describe('instantOf', () => {
  it('reads an hour of Paris, in winter and in summer', () => {
    expect(instantOf('2026-11-27', '17:00')).toBe('2026-11-27T16:00:00.000Z')
    expect(instantOf('2026-07-14', '09:30')).toBe('2026-07-14T07:30:00.000Z')
  })
  it('holds on the days of a change of time', () => {
    expect(instantOf('2026-03-29', '01:30')).toBe('2026-03-29T00:30:00.000Z')
    expect(instantOf('2026-03-29', '03:30')).toBe('2026-03-29T01:30:00.000Z')
    expect(instantOf('2026-10-25', '12:00')).toBe('2026-10-25T11:00:00.000Z')
    expect(instantOf('2026-10-25', '01:00')).toBe('2026-10-24T23:00:00.000Z')
  })
})

describe('stamp', () => {
  it('tells a moment from the clock of the démarche, not from ours', () => {
    const at = '2026-11-27T09:42:00Z'
    expect(stamp(at, '2026-11-27T16:00:00Z')).toBe('aujourd’hui à 10:42')
    expect(stamp(at, '2026-11-28T08:00:00Z')).toBe('hier à 10:42')
    expect(stamp(at, '2027-01-04T08:00:00Z')).toBe('le 27/11/2026 à 10:42')
  })
})

describe('typo', () => {
  it('keeps French signs with their words', () => {
    expect(typo('À valider : « RIB ».')).toBe('À valider\u00a0: «\u00a0RIB\u00a0».')
  })
  it('leaves what is already right, and addresses, alone', () => {
    expect(typo('Motif\u00a0: flou')).toBe('Motif\u00a0: flou')
    expect(typo('https://exemple.fr/a?b=c')).toBe('https://exemple.fr/a?b=c')
  })
})
