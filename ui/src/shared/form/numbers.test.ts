import { describe, expect, it } from 'vitest'
import { typedNumber } from './numbers'

describe('a number being typed', () => {
  it('is nothing, a number, or not a number yet', () => {
    expect(typedNumber('')).toBeUndefined()
    expect(typedNumber('12')).toBe(12)
    expect(typedNumber(-500)).toBe(-500)
    expect(typedNumber('-')).toBe('-')
    expect(typedNumber('-0')).toBe('-0')
    expect(typedNumber('0')).toBe(0)
  })
  it('is kept in cents for an amount', () => {
    expect(typedNumber(-12.35, 100)).toBe(-1235)
    expect(typedNumber('0.29', 100)).toBe(29)
    expect(typedNumber('-', 100)).toBe('-')
    expect(typedNumber('', 100)).toBeUndefined()
  })
})
