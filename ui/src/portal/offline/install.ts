/** The browser's offer to install the portal, kept until someone asks for it (PWA-01). */
import { useSyncExternalStore } from 'react'

interface InstallPrompt extends Event {
  prompt: () => Promise<unknown>
}

let offer: InstallPrompt | null = null
const listeners = new Set<() => void>()
const set = (next: InstallPrompt | null): void => {
  offer = next
  for (const listener of listeners) listener()
}

/** To be called before the browser makes its offer, which it does once, early. */
export function listenForInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    set(event as InstallPrompt)
  })
  addEventListener('appinstalled', () => set(null))
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Installs the portal; null when the browser does not offer it, or when it is installed. */
export function useInstall(): (() => void) | null {
  const current = useSyncExternalStore(subscribe, () => offer)
  return current ? () => void current.prompt().then(() => set(null)) : null
}
