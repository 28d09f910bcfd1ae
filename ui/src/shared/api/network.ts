/** Whether what is shown comes from the server or from what this device kept (PWA-02). */
import { useSyncExternalStore } from 'react'

export type Network = { etat: 'direct' } | { etat: 'coupe'; /** When what is shown was read; null when nothing could be. */ lue: string | null }

const DIRECT: Network = { etat: 'direct' }
let network: Network = DIRECT
const listeners = new Set<() => void>()

function set(next: Network): void {
  if (next.etat === network.etat && (next.etat === 'direct' || (network.etat === 'coupe' && next.lue === network.lue))) return
  network = next
  for (const listener of listeners) listener()
}

/** The service worker's mark on an answer given without the server. */
const READ_AT = 'X-Lue-Le'

/** An answer came: from the server, or from what was kept. */
export function answered(response: Response): void {
  const lue = response.headers.get(READ_AT)
  set(lue ? { etat: 'coupe', lue } : DIRECT)
}

/** Nothing answered. */
export function unanswered(): void {
  if (network.etat === 'direct') set({ etat: 'coupe', lue: null })
}

// The device knows before any request fails; only an answer says that what is shown is fresh again.
globalThis.addEventListener?.('offline', unanswered)
globalThis.addEventListener?.('online', () => {
  if (network.etat === 'coupe' && network.lue === null) set(DIRECT)
})

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useNetwork = (): Network => useSyncExternalStore(subscribe, () => network)

/** Whether what is read now is what this device kept. */
export const isAway = (): boolean => network.etat === 'coupe'
