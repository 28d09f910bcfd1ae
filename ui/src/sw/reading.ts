/**
 * Answers of the API that a client has read, given again when the server cannot be reached.
 * The store is open only while it holds a client's own « who am I »: nothing of the firm's people nor of a participant,
 * whose link may be opened on any phone, is ever kept. It is emptied when the session ends or someone else logs in.
 */

/** Hash of the portal's files, written by scripts/sw.mjs. */
declare const VERSION: string
const PREFIX = 'lectures-'
// Answers are read by the version of the screens that asked for them.
const STORE = PREFIX + VERSION
const MINE = new URL('/api/moi', location.origin).href
const KEPT_DAYS = 7
const LARGEST = 5_000_000
/** When the answer was read from the server, on an answer given without it. */
export const READ_AT = 'X-Lue-Le'
const NEVER = /^\/api\/(flux|connexion|acces|session|sante|openapi\.json|moi\/)/

interface Me {
  id: string
  role: string
}

/** What to answer to a request of the page; undefined leaves it to the browser. `later`: work that may end after. */
export function answer(request: Request, url: URL, later: (work: Promise<unknown>) => void): Promise<Response> | undefined {
  if (url.origin !== location.origin || !url.pathname.startsWith('/api/')) return undefined
  if (request.method !== 'GET') {
    const ends = url.pathname === '/api/session' || /^\/api\/(connexion|acces)/.test(url.pathname)
    return ends ? fetch(request).finally(forget) : undefined
  }
  if (NEVER.test(url.pathname) || url.searchParams.has('telecharger') || request.headers.has('Range')) return undefined
  const answer = read(request, later)
  if (request.url === MINE) entering = answer.catch(() => undefined)
  return answer
}

/** Sessions that have ended: what was asked during one is not kept once it is over. */
let ended = 0

function forget(): Promise<boolean> {
  ended += 1
  return caches.delete(STORE)
}

/** What is kept of an address; unlike `caches.open`, it does not bring an emptied store back. */
const kept = (url: string): Promise<Response | undefined> => caches.match(url, { cacheName: STORE })

/** Who is logged in is being asked: what is read at the same time is kept once that is known. */
let entering: Promise<unknown> = Promise.resolve()

async function read(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const session = ended
  let response: Response
  try {
    response = await fetch(request)
  } catch (failure) {
    const former = await kept(request.url)
    if (!former || tooOld(former)) throw failure
    return former
  }
  if (request.url === MINE) await enter(response.clone(), session)
  // What a vault shows while it is open is read with the network only.
  else if (response.status === 200 && response.headers.get('X-Hors-Ligne') !== 'non') later(keepForClient(request.url, response.clone(), session))
  return response
}

/** Opens the store for a client, and only for the one it was opened for. */
async function enter(answered: Response, session: number): Promise<void> {
  // A failure of the server says nothing of who is logged in.
  if (answered.status >= 500) return
  const me = answered.status === 200 ? ((await answered.clone().json()) as Me) : null
  const known = (await (await kept(MINE))?.json()) as Me | undefined
  if (me?.role !== 'client' || (known && known.id !== me.id)) await caches.delete(STORE)
  if (me?.role === 'client') await keep(MINE, answered, session)
}

async function keepForClient(url: string, response: Response, session: number): Promise<void> {
  await entering
  if (await kept(MINE)) await keep(url, response, session)
}

async function keep(url: string, response: Response, session: number): Promise<void> {
  const body = await response.arrayBuffer()
  if (body.byteLength > LARGEST || session !== ended) return
  const headers = new Headers(response.headers)
  headers.set(READ_AT, new Date().toISOString())
  // The store has the body as it was read, already unpacked: what was said of its journey is no longer true.
  for (const name of ['Content-Encoding', 'Content-Length', 'Vary']) headers.delete(name)
  await (await caches.open(STORE)).put(url, new Response(body, { status: 200, headers }))
  // The session ended while it was being written.
  if (session !== ended) await caches.delete(STORE)
}

function tooOld(response: Response): boolean {
  const at = Date.parse(response.headers.get(READ_AT) ?? '')
  return !(Date.now() - at < KEPT_DAYS * 86_400_000)
}

/** Drops what former versions kept. */
export async function forgetFormer(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== STORE).map((name) => caches.delete(name)))
}
