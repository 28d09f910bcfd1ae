/**
 * The portal's service worker: its code in store, what the client has read kept for when the network is away (PWA-02),
 * and notifications (PWA-03). The console and the spaces of participants are left alone.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { answer, forgetFormer } from './reading'
import { onClick, onPush } from './push'

declare const self: ServiceWorkerGlobalScope
/** Every file of the portal, written by scripts/sw.mjs. */
declare const PRECACHE: PrecacheEntry[]

precacheAndRoute(PRECACHE)
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/(console|api|invite|lien|acces)(\/|$)/, /\.[a-z0-9]+$/i] }))

self.addEventListener('activate', (event) => event.waitUntil(forgetFormer().then(() => self.clients.claim())))
self.addEventListener('message', (event) => {
  // Someone has accepted the update.
  if (event.data === 'remplacer') void self.skipWaiting()
})
self.addEventListener('fetch', (event) => {
  const response = answer(event.request, new URL(event.request.url), (work) => event.waitUntil(work))
  if (response) event.respondWith(response)
})
self.addEventListener('push', (event) => event.waitUntil(onPush(self, event.data)))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(onClick(self, event.notification))
})
