/** This browser's acceptance of notifications (NOT-04). */
import { call } from '../api/http'

export const pushPossible = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/** « Firefox sur Android »: enough to tell one's own devices apart. */
export function browserName(agent: string = navigator.userAgent): string {
  const browser = /edg\//i.test(agent) ? 'Edge' : /firefox|fxios/i.test(agent) ? 'Firefox' : /chrome|crios|chromium/i.test(agent) ? 'Chrome' : /safari/i.test(agent) ? 'Safari' : 'Navigateur'
  const system = /android/i.test(agent) ? 'Android' : /iphone|ipad/i.test(agent) ? 'iPhone ou iPad' : /windows/i.test(agent) ? 'Windows' : /mac os/i.test(agent) ? 'Mac' : /linux/i.test(agent) ? 'Linux' : null
  return system ? `${browser} sur ${system}` : browser
}

const registration = async (): Promise<ServiceWorkerRegistration> => {
  await navigator.serviceWorker.register('/sw.js')
  return navigator.serviceWorker.ready
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0))
}

/** The id of this browser among the person's devices; null when it receives nothing. */
export async function thisDevice(): Promise<string | null> {
  if (!pushPossible()) return null
  const subscription = await (await navigator.serviceWorker.getRegistration('/'))?.pushManager.getSubscription()
  return subscription ? localStorage.getItem(MARK) : null
}

const MARK = 'el-appareil'

/** Asks the person, then tells the firm's server. Throws a sentence to show when it is not possible. */
export async function acceptPush(key: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') {
    throw new Error('Votre navigateur refuse les notifications de ce site. Vous pouvez les permettre dans ses réglages.')
  }
  const { pushManager } = await registration()
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }).catch(() => {
    throw new Error('Le service de notification de votre navigateur ne répond pas. Réessayez plus tard.')
  })
  const { endpoint, keys } = subscription.toJSON()
  const { id } = await call<{ id: string }>('POST', '/api/moi/appareils', {
    body: { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, navigateur: browserName() },
  })
  localStorage.setItem(MARK, id)
}

/** No more notifications on a device; on this one, the browser forgets it too. */
export async function refusePush(id: string): Promise<void> {
  if ((await thisDevice()) === id) {
    await (await (await registration()).pushManager.getSubscription())?.unsubscribe()
    localStorage.removeItem(MARK)
  }
  await call('DELETE', `/api/moi/appareils/${id}`)
}
