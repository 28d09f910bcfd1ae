/**
 * What a client typed and the server does not have yet, kept on their device: a form filled without network, a page closed
 * before its draft has left (DEM-04, PWA-02). In `localStorage`, written before the page is gone, where IndexedDB would answer too late.
 */
import type { Moi } from '../api/session'

type Data = Record<string, unknown>

interface Kept {
  data: Data
  /** When the server had last saved the draft that it was made from; both are times of the server. */
  base: string | null
  /** What was sent to it meanwhile without an answer: it may have arrived. */
  tried: Data | null
}

const PREFIX = 'elaska/brouillon/'

/** The drafts of one form that this person has not been able to save; nothing is kept of who may be on somebody else's device. */
export class DeviceDraft {
  private readonly key: string | null

  /** `place` names the form: its address. */
  constructor(moi: Pick<Moi, 'id' | 'role'>, place: string) {
    this.key = moi.role === 'client' ? `${PREFIX}${moi.id}/${place}` : null
  }

  /** Keeps these answers. A full or forbidden store keeps nothing. */
  keep(kept: Kept): boolean {
    if (!this.key) return false
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

  /**
   * What was kept, unless the server knows better: a draft saved since on another device, or one sent or thrown away.
   * `away`: nothing answers, what the server is thought to have is an old reading.
   */
  read(saved: { data: Data; at: string } | null, away: boolean): Data | null {
    const text = this.key && localStorage.getItem(this.key)
    if (!text) return null
    const { data, base, tried } = JSON.parse(text) as Kept
    const follows = saved ? (base !== null && saved.at <= base) || same(saved.data, tried) : base === null
    if (away || follows) return data
    this.forget()
    return null
  }
}

const same = (one: Data, other: Data | null): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Forgets the drafts kept on this device, of everyone but `qui`. */
export function forgetDrafts(qui?: string): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !(qui && key.startsWith(`${PREFIX}${qui}/`))) localStorage.removeItem(key)
  }
}
