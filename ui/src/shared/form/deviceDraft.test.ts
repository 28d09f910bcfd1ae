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

const zoe = (base: string | null, tried: Record<string, unknown> | null = null) => ({ data: { nom: 'Zoé' }, base, tried })
const saved = (at: string, nom = 'Z') => ({ data: { nom }, at })

describe('what a device keeps of a form', () => {
  const draft = new DeviceDraft(ANNE, 'a')
  it('is what was typed since the draft it was made from', () => {
    expect(draft.keep(zoe(BEFORE))).toBe(true)
    expect(draft.read(saved(BEFORE), false)).toEqual({ nom: 'Zoé' })
    expect(new DeviceDraft(ANNE, 'b').read(saved(BEFORE), false)).toBeNull()
  })
  it('gives way to a draft saved since on another device', () => {
    draft.keep(zoe(BEFORE))
    expect(draft.read(saved(LATER), false)).toBeNull()
    expect(draft.read(saved(BEFORE), false)).toBeNull()
  })
  it('gives way to a first draft made on another device', () => {
    draft.keep(zoe(null))
    expect(draft.read(saved(LATER), false)).toBeNull()
  })
  it('goes on from what was sent without an answer, and arrived', () => {
    draft.keep(zoe(BEFORE, { nom: 'Zo' }))
    expect(draft.read(saved(LATER, 'Zo'), false)).toEqual({ nom: 'Zoé' })
  })
  it('is of no use once the draft has been sent or thrown away', () => {
    draft.keep(zoe(BEFORE))
    expect(draft.read(null, false)).toBeNull()
  })
  it('needs no draft on the server', () => {
    draft.keep(zoe(null))
    expect(draft.read(null, false)).toEqual({ nom: 'Zoé' })
    draft.forget()
    expect(draft.read(null, false)).toBeNull()
  })
  it('is the last word while nothing answers', () => {
    draft.keep(zoe(BEFORE))
    expect(draft.read(null, true)).toEqual({ nom: 'Zoé' })
    expect(draft.read(saved(LATER), true)).toEqual({ nom: 'Zoé' })
  })
  it('is nothing for who may be on the device of someone else', () => {
    for (const role of ['participant', 'conseiller'] as const) {
      const theirs = new DeviceDraft({ id: 'x', role }, 'a')
      expect(theirs.keep(zoe(null))).toBe(false)
      expect(theirs.read(null, false)).toBeNull()
    }
    expect(Object.keys(localStorage)).toEqual([])
  })
  it('goes with its person', () => {
    localStorage.setItem('theme', 'dark')
    draft.keep(zoe(null))
    new DeviceDraft({ id: 'annette', role: 'client' }, 'a').keep(zoe(null))
    forgetDrafts('anne')
    expect(draft.read(null, false)).not.toBeNull()
    expect(Object.keys(localStorage)).toHaveLength(2)
    forgetDrafts()
    expect(Object.keys(localStorage)).toEqual(['theme'])
  })
})
