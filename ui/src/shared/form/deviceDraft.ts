/**
 * What a client typed and the server does not have yet, kept on their device: a form filled without network, a page closed
 * before its draft has left (DEM-04, PWA-02). In `localStorage`, written before the page is gone, where IndexedDB would answer too late.
 */
import type { Moi } from '../api/session'

type Data = Record<string, unknown>

interface Kept {
  data: Data
  /** After the draft it was made from, whatever this device's clock says. */
  at: number
  /** Whether the server had a draft then. */
  suite: boolean
}

const PREFIX = 'elaska/brouillon/'

/** The drafts of one form that this person has not been able to save; nothing is kept of who may be on somebody else's device. */
export class DeviceDraft {
  private readonly key: string | null

  /** `place` names the form: its address. */
  constructor(moi: Pick<Moi, 'id' | 'role'>, place: string) {
    this.key = moi.role === 'client' ? `${PREFIX}${moi.id}/${place}` : null
  }

  /** Keeps these answers, made from the draft saved at `savedAt`. A full or forbidden store keeps nothing. */
  keep(data: Data, savedAt: string | null): boolean {
    if (!this.key) return false
    const kept: Kept = { data, at: Math.max(Date.now(), savedAt ? Date.parse(savedAt) + 1 : 0), suite: savedAt !== null }
    try {
      localStorage.setItem(this.key, JSON.stringify(kept))
      return true
    } catch {
      return false
    }
  }

  forget(): void {
    if (this.key) localStorage.removeItem(this.key)
  }

  /** What was kept, unless the server knows better: a draft saved later elsewhere, or sent, or thrown away. */
  read(savedAt: string | null): Data | null {
    const text = this.key && localStorage.getItem(this.key)
    if (!text) return null
    const kept = JSON.parse(text) as Kept
    if (savedAt ? Date.parse(savedAt) < kept.at : !kept.suite) return kept.data
    this.forget()
    return null
  }
}

/** Forgets the drafts kept on this device, of everyone but `qui`. */
export function forgetDrafts(qui?: string): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !(qui && key.startsWith(`${PREFIX}${qui}/`))) localStorage.removeItem(key)
  }
}
