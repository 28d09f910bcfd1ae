/**
 * What could not be sent because the network was away: kept on this device with its files, sent in order when it is back.
 * Each keeps the key it had at the first try, so that what did arrive counts once. What the server refuses is not lost:
 * it stays as a draft, with the reason, until the person drops it.
 */
import { createStore, del, entries, set } from 'idb-keyval'
import { useSyncExternalStore } from 'react'
import { ApiError, call } from '@shared/api/http'
import { deposit } from '@shared/api/deposit'

export interface Sending {
  /** Its idempotency key. */
  id: string
  /** User it belongs to: another person on this device neither sees nor sends it. */
  qui: string
  at: string
  genre: 'depot' | 'message' | 'reponse'
  demarcheId: string
  /** « RIB », « Votre message » */
  titre: string
  chemin: string
  champs: Record<string, string>
  fichiers: { nom: string; contenu: Blob }[]
  /** Why the server refused it; absent while it waits. */
  refus?: string
}

const store = createStore('elaska', 'envois')
// Answers that say nothing about what was sent: it stays in line.
const PASSING = new Set([401, 403, 408, 425, 429])

let shown: Sending[] = []
const listeners = new Set<() => void>()

async function refresh(): Promise<void> {
  const all = await entries<string, Sending>(store)
  shown = all.map(([, sending]) => sending).sort((a, b) => a.at.localeCompare(b.at))
  for (const listener of listeners) listener()
}

export async function enqueue(sending: Sending): Promise<void> {
  await set(sending.id, sending, store)
  await refresh()
}

export async function drop(id: string): Promise<void> {
  await del(id, store)
  await refresh()
}

function send({ genre, chemin, champs, fichiers, id }: Sending): Promise<unknown> {
  if (genre === 'message') return call('POST', chemin, { body: champs, idempotencyKey: id })
  return deposit({ chemin, champs, fichiers, key: id }).done
}

/**
 * Sends what waits, oldest first, until the network fails again.
 * One window at a time does it.
 * @returns the démarches to be read again.
 */
export async function flush(qui: string): Promise<Set<string>> {
  const moved = new Set<string>()
  await navigator.locks.request('elaska-envois', { ifAvailable: true }, async (lock) => {
    if (!lock) return
    await refresh()
    for (const sending of shown.filter((each) => each.qui === qui && !each.refus)) {
      try {
        await send(sending)
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500 || PASSING.has(error.status)) break
        await set(sending.id, { ...sending, refus: error.message }, store)
        // What it was for is no longer what this device believes.
        moved.add(sending.demarcheId)
        await refresh()
        continue
      }
      moved.add(sending.demarcheId)
      await drop(sending.id)
    }
  })
  return moved
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  if (listeners.size === 1) void refresh()
  return () => listeners.delete(listener)
}

/** What this person has not sent yet, oldest first. */
export function useSendings(qui: string): Sending[] {
  const all = useSyncExternalStore(subscribe, () => shown)
  return all.filter((sending) => sending.qui === qui)
}
