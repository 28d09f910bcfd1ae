/** Notifications received while the portal is closed (NOT-01, NOT-03). */

interface Pushed {
  titre: string
  texte: string
  lien: string
  /** Replaces the one of the same mark that is still on screen. */
  marque?: string
}

/** Shows what was pushed; something is always shown, as browsers require. */
export async function onPush(worker: ServiceWorkerGlobalScope, data: PushMessageData | null): Promise<void> {
  let told: Partial<Pushed> = {}
  try {
    told = (data?.json() ?? {}) as Partial<Pushed>
  } catch {
    // Not ours, or cut short: the words below.
  }
  await worker.registration.showNotification(told.titre ?? 'eLaska', {
    body: told.texte ?? 'Du nouveau dans votre espace.',
    icon: '/icones/icone-192.png',
    badge: '/icones/badge-96.png',
    lang: 'fr',
    ...(told.marque ? { tag: told.marque } : {}),
    data: { lien: told.lien ?? '/notifications' },
  })
}

/** Opens the page concerned, in a window of the same application when there is one. */
export async function onClick(worker: ServiceWorkerGlobalScope, notification: Notification): Promise<void> {
  const { lien } = notification.data as { lien: string }
  const url = new URL(lien, location.origin)
  // Only a page of ours, whatever the message said.
  const target = url.origin === location.origin ? url.href : location.origin
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const ofConsole = (address: string): boolean => new URL(address).pathname.startsWith('/console')
  const open = windows.find((each) => ofConsole(each.url) === ofConsole(target))
  if (!open) {
    await worker.clients.openWindow(target)
    return
  }
  await open.focus()
  await open.navigate(target).catch(() => worker.clients.openWindow(target))
}
