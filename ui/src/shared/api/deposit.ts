/**
 * Deposits files that can be long, over a network that can be lost: each goes by the tus protocol (1.0), taken up where it
 * stopped, then one command names them all. Our own client rather than tus-js-client: a retry finds its upload by the
 * command's key, so nothing is written on the device, and it weighs a tenth.
 */
import { ApiError, csrfToken, NetworkError } from './http'
import { answered, unanswered } from './network'

export interface Deposit<T> {
  /** Resolves with the parsed answer; rejects with ApiError, NetworkError, or AbortError after `abort()`. */
  done: Promise<T>
  abort: () => void
}

export interface ToDeposit {
  /** The command: « …/depots » or « …/reponse »; files go to « …/televersements » beside it. */
  chemin: string
  champs?: Record<string, string>
  fichiers: { nom: string; contenu: Blob }[]
  /** Stays the same for another try: what arrived counts once, and what is left goes on from there. */
  key: string
  /** Share of each file that has arrived, 0 to 1. */
  onProgress?: (shares: number[]) => void
}

const VERSION = { 'Tus-Resumable': '1.0.0' }
/** One request at most: a proxy may refuse longer ones. */
const PIECE = 16 * 1024 * 1024
/** Waits before trying again, in ms; counted anew as soon as something arrives. */
const PAUSES = [300, 1000, 2500]

interface Answer {
  status: number
  header: (name: string) => string | null
  body: unknown
}

export function deposit<T>({ chemin, champs = {}, fichiers, key, onProgress }: ToDeposit): Deposit<T> {
  const stop = new AbortController()
  const run = async (): Promise<T> => {
    const shares = fichiers.map(() => 0)
    const televersements: string[] = []
    for (const [index, { nom, contenu }] of fichiers.entries()) {
      televersements.push(await sendFile(chemin.replace(/[^/]+$/, 'televersements'), nom, contenu, keyOf(contenu, key, index), stop.signal, (sent) => {
        shares[index] = sent / contenu.size
        onProgress?.([...shares])
      }))
    }
    const body = new Blob([JSON.stringify({ ...champs, televersements })])
    const answer = await request('POST', chemin, { 'Content-Type': 'application/json', 'Idempotency-Key': key }, body, stop.signal)
    if (answer.status >= 300) throw problem(answer)
    return answer.body as T
  }
  return { done: run(), abort: () => stop.abort() }
}

/** Sends one file for a later command: its upload's id. The same `key` goes on from where it stopped. */
export function sendOne(where: string, file: File, key: string, onShare: (share: number) => void, signal: AbortSignal): Promise<string> {
  return sendFile(where, file.name, file, key, signal, (sent) => onShare(sent / file.size))
}

/** What has begun to arrive keeps its key, even when other files are added to the deposit, or taken out of it. */
const begun = new WeakMap<Blob, string>()

/** A key for each file, the same at each try: two files of one deposit may have the same name and size. */
function keyOf(file: Blob, key: string, index: number): string {
  const known = begun.get(file) ?? key.slice(0, -4) + index.toString(16).padStart(4, '0')
  begun.set(file, known)
  return known
}

async function sendFile(where: string, nom: string, file: Blob, key: string, signal: AbortSignal, onSent: (bytes: number) => void): Promise<string> {
  const filename = btoa(String.fromCharCode(...new TextEncoder().encode(nom)))
  const made = await insist(signal, () =>
    request('POST', where, { ...VERSION, 'Idempotency-Key': key, 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${filename}` }, null, signal),
  )
  if (made.status >= 300) throw problem(made, nom)
  const url = made.header('Location') ?? ''
  let offset = Number(made.header('Upload-Offset'))
  onSent(offset)
  let failures = 0
  while (offset < file.size) {
    const from = offset
    try {
      const answer = await request(
        'PATCH', url, { ...VERSION, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
        file.slice(from, from + PIECE), signal, (sent) => onSent(from + sent),
      )
      if (answer.status < 300) offset = Number(answer.header('Upload-Offset'))
      else if (answer.status < 500 && answer.status !== 409) throw problem(answer, nom)
      else throw new NetworkError()
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      const pause = PAUSES[failures]
      if (pause === undefined || !navigator.onLine) throw error
      failures += 1
      await wait(pause, signal)
      const head = await insist(signal, () => request('HEAD', url, VERSION, null, signal))
      if (head.status >= 300) throw problem(head, nom)
      offset = Number(head.header('Upload-Offset'))
    }
    if (offset > from) failures = 0
    onSent(offset)
  }
  return url.slice(url.lastIndexOf('/') + 1)
}

/** Tries again a request that says the same each time. */
async function insist(signal: AbortSignal, send: () => Promise<Answer>): Promise<Answer> {
  for (const pause of PAUSES) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof NetworkError) || !navigator.onLine) throw error
      await wait(pause, signal)
    }
  }
  return send()
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(cancelled())
    }, { once: true })
  })
}

const cancelled = (): DOMException => new DOMException('Envoi annulé', 'AbortError')

function problem({ status, body }: Answer, nom?: string): ApiError {
  const error = new ApiError(status, (body ?? {}) as object)
  if (nom) error.message = `«\u00a0${nom}\u00a0»\u00a0: ${error.message}`
  return error
}

/** XMLHttpRequest, because `fetch` cannot report what has been sent. */
function request(
  method: string, path: string, headers: Record<string, string>, body: Blob | null, signal: AbortSignal, onSent?: (bytes: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled())
    const sending = new XMLHttpRequest()
    sending.open(method, path)
    sending.responseType = 'json'
    for (const [name, value] of Object.entries({ Accept: 'application/json', 'X-CSRF-Token': csrfToken(), ...headers })) sending.setRequestHeader(name, value)
    if (onSent) sending.upload.onprogress = (event) => onSent(event.loaded)
    const lost = (): void => {
      unanswered()
      reject(new NetworkError())
    }
    sending.onload = () => {
      answered(new Response())
      resolve({ status: sending.status, header: (name) => sending.getResponseHeader(name), body: sending.response })
    }
    sending.onerror = lost
    sending.ontimeout = lost
    sending.onabort = () => reject(cancelled())
    signal.addEventListener('abort', () => sending.abort(), { once: true })
    sending.send(body)
  })
}
