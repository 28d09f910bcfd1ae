/** The service worker, as the page sees it: registered once a client is logged in, replaced when the person agrees. */
import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { moiQuery } from '@shared/api/session'

const CHECK_EVERY = 60 * 60_000

let waiting: ServiceWorker | null = null
let started = false
const listeners = new Set<() => void>()
const setWaiting = (worker: ServiceWorker | null): void => {
  waiting = worker
  for (const listener of listeners) listener()
}

/** Registers the service worker. What was read before it was there is read again, so that it is kept too. */
export async function startWorker(client: QueryClient): Promise<void> {
  if (started || !('serviceWorker' in navigator) || import.meta.env.DEV) return
  started = true
  const first = !navigator.serviceWorker.controller
  let accepted = false
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (accepted) location.reload()
    else if (first) void client.invalidateQueries({ queryKey: moiQuery.queryKey }).then(() => client.invalidateQueries())
    accepted = false
  })
  let registration: ServiceWorkerRegistration | undefined
  try {
    registration = await navigator.serviceWorker.register('/sw.js')
  } catch {
    // Refused by the browser's settings, or the server is away: the portal works without.
    started = false
    return
  }
  // Some browsers answer nothing when service workers are switched off.
  if (!registration) return
  const known = registration
  const watch = (worker: ServiceWorker | null): void => {
    if (!worker || !navigator.serviceWorker.controller) return
    const tell = (): void => {
      if (worker.state === 'installed') setWaiting(worker)
      else if (worker.state === 'redundant' && waiting === worker) setWaiting(null)
    }
    tell()
    worker.addEventListener('statechange', tell)
  }
  watch(known.waiting)
  known.addEventListener('updatefound', () => watch(known.installing))
  setInterval(() => void known.update().catch(() => undefined), CHECK_EVERY)
  accept = () => {
    accepted = true
    waiting?.postMessage('remplacer')
  }
}

let accept = (): void => undefined

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Goes on with the new version; null when there is none. */
export function useUpdate(): (() => void) | null {
  return useSyncExternalStore(subscribe, () => waiting) ? () => accept() : null
}
