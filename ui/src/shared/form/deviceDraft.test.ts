import { beforeEach, describe, expect, it, vi } from 'vitest'
import { DeviceDraft, forgetDrafts } from './deviceDraft'

const ANNE = { id: 'anne', role: 'client' } as const
const BEFORE = '2026-11-24T08:00:00Z'
const LATER = '2126-11-24T08:00:00Z'

/** The part of a browser's store that Node has not: its keys are its properties. */
class Store {
  setItem(key: string, value: string): void {
    Object.assign(this, { [key]: value })
  }
  getItem(key: string): string | null {
    return (this as unknown as Record<string, string>)[key] ?? null
  }
  removeItem(key: string): void {
    Reflect.deleteProperty(this, key)
  }
}

beforeEach(() => vi.stubGlobal('localStorage', new Store()))

describe('what a device keeps of a form', () => {
  it('is what was typed since the draft it was made from', () => {
    const draft = new DeviceDraft(ANNE, 'a')
    expect(draft.keep({ nom: 'Zoé' }, BEFORE)).toBe(true)
    expect(draft.read(BEFORE)).toEqual({ nom: 'Zoé' })
    expect(new DeviceDraft(ANNE, 'b').read(BEFORE)).toBeNull()
  })
  it('wins over the draft it was made from when the clock of the device is late', () => {
    const draft = new DeviceDraft(ANNE, 'a')
    draft.keep({ nom: 'Zoé' }, LATER)
    expect(draft.read(LATER)).toEqual({ nom: 'Zoé' })
  })
  it('gives way to a draft saved later on another device', () => {
    const draft = new DeviceDraft(ANNE, 'a')
    draft.keep({ nom: 'Zoé' }, BEFORE)
    expect(draft.read(LATER)).toBeNull()
    expect(draft.read(BEFORE)).toBeNull()
  })
  it('is of no use once the draft has been sent or thrown away', () => {
    const draft = new DeviceDraft(ANNE, 'a')
    draft.keep({ nom: 'Zoé' }, BEFORE)
    expect(draft.read(null)).toBeNull()
  })
  it('needs no draft on the server', () => {
    const draft = new DeviceDraft(ANNE, 'a')
    draft.keep({ nom: 'Zoé' }, null)
    expect(draft.read(null)).toEqual({ nom: 'Zoé' })
    draft.forget()
    expect(draft.read(null)).toBeNull()
  })
  it('is nothing for who may be on the device of someone else', () => {
    for (const role of ['participant', 'conseiller'] as const) {
      const draft = new DeviceDraft({ id: 'x', role }, 'a')
      expect(draft.keep({ nom: 'Zoé' }, null)).toBe(false)
      expect(draft.read(null)).toBeNull()
    }
    expect(Object.keys(localStorage)).toEqual([])
  })
  it('goes with its person', () => {
    localStorage.setItem('theme', 'dark')
    const mine = new DeviceDraft(ANNE, 'a')
    mine.keep({ nom: 'Zoé' }, null)
    new DeviceDraft({ id: 'annette', role: 'client' }, 'a').keep({ nom: 'Léo' }, null)
    forgetDrafts('anne')
    expect(mine.read(null)).not.toBeNull()
    expect(Object.keys(localStorage)).toHaveLength(2)
    forgetDrafts()
    expect(Object.keys(localStorage)).toEqual(['theme'])
  })
})
