import { describe, expect, it } from 'vitest'
import { ecart, ecarts } from './difference'

describe('what somebody else changed', () => {
  it('shows the lines that differ, with those around them', () => {
    expect(ecart('a\nb\nc\nd\ne\nf', 'a\nb\nc\nD\ne\nf')).toBe(' b\n c\n-d\n+D\n e\n f')
    expect(ecart('a\nb', 'a\nb\nc')).toBe(' a\n b\n+c')
    expect(ecart('a\nb\nc', 'a\nc')).toBe(' a\n-b\n c')
    expect(ecart('a\na', 'a')).toBe(' a\n-a')
    expect(ecart('même', 'même')).toBe('')
  })

  it('names each file that changed, and no other', () => {
    expect(ecarts({ un: 'a', deux: 'b' }, { un: 'a', deux: 'c', trois: 'd' })).toBe('deux\n-b\n+c\n\ntrois\n-\n+d')
  })
})
