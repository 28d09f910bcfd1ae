/**
 * The one way to reach the API: JSON in and out, CSRF token, idempotency key, RFC 9457 problems turned into `ApiError`.
 */

import { answered, unanswered } from './network'

/** One error on one field, as the API's problem documents give them. */
export interface FieldError {
  pointer: string
  detail: string
}

interface Problem {
  type?: string
  title?: string
  status?: number
  detail?: string
  code?: string
  errors?: FieldError[]
  difference?: string
  lien?: string
}

export class ApiError extends Error {
  readonly status: number
  readonly code: string | undefined
  readonly errors: FieldError[]
  /** What somebody else wrote meanwhile, line by line. */
  readonly difference: string | undefined
  /** Page of the console where what exists already is. */
  readonly lien: string | undefined

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? 'Une erreur est survenue. Réessayez dans un instant.')
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code
    this.errors = problem.errors ?? []
    this.difference = problem.difference
    this.lien = problem.lien
  }
}

/** The server could not be reached at all. */
export class NetworkError extends Error {
  /** `lecture`: something was to be read, which this device may have kept. */
  constructor(lecture = false) {
    super(lecture && !navigator.onLine
      ? 'Vous êtes hors connexion, et cette page n’a pas encore été lue sur cet appareil.'
      : 'La connexion ne répond pas. Vérifiez votre réseau, puis réessayez.')
    this.name = 'NetworkError'
  }
}

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

let csrf = ''

/** Keeps the token that goes with every command; it comes with the person logged in (`GET /api/moi`). */
export function setCsrfToken(token: string): void {
  csrf = token
}

export const csrfToken = (): string => csrf

/** The code of a screen could not be fetched: the server is away, or a newer version has replaced it. */
export class CodeError extends Error {
  constructor(cause: unknown) {
    super('Cette page ne se charge pas. Vérifiez votre réseau, puis réessayez.', { cause })
    this.name = 'CodeError'
  }
}

/** Sentence to show for any failure. */
export function messageOf(error: unknown): string {
  const meant = error instanceof ApiError || error instanceof NetworkError || error instanceof CodeError
  return meant ? error.message : 'Une erreur est survenue. Réessayez dans un instant.'
}

async function problemOf(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => ({}))
  return new ApiError(response.status, (problem ?? {}) as Problem)
}

/**
 * `fetch` for the typed client: adds the CSRF token and, on commands, an `Idempotency-Key`; throws on any failure.
 * A caller that may retry the same command passes its own key.
 */
export async function apiFetch(input: Request): Promise<Response> {
  if (UNSAFE.has(input.method)) {
    input.headers.set('X-CSRF-Token', csrf)
    if (!input.headers.has('Idempotency-Key')) input.headers.set('Idempotency-Key', crypto.randomUUID())
  }
  let response: Response
  try {
    response = await fetch(input)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    unanswered()
    throw new NetworkError(input.method === 'GET')
  }
  answered(response)
  if (!response.ok) throw await problemOf(response)
  return response
}

export interface CallOptions {
  body?: unknown
  query?: Record<string, string | number | boolean | readonly string[] | null | undefined>
  signal?: AbortSignal
  idempotencyKey?: string
  /** The state on which a change was made. */
  ifMatch?: string
  /** Finishes even if the page is left meanwhile; for small bodies (a browser allows 64 kB in all). */
  keepalive?: boolean
}

const KEEPALIVE_MAX = 60_000

/** One call: `call<Moi>('GET', '/api/moi')`. Returns the parsed body, or undefined for 204. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const url = new URL(path, location.origin)
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (Array.isArray(value)) for (const one of value) url.searchParams.append(name, one)
    else if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value))
  }
  const headers = new Headers({ Accept: 'application/json' })
  const body = options.body === undefined ? undefined : JSON.stringify(options.body)
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
  if (options.ifMatch) headers.set('If-Match', options.ifMatch)
  const response = await apiFetch(
    new Request(url, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.signal ? { signal: options.signal } : {}),
      ...(body === undefined ? {} : { body, keepalive: options.keepalive === true && body.length < KEEPALIVE_MAX }),
    }),
  )
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}
