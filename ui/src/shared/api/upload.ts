import { ApiError, csrfToken, NetworkError } from './http'
import { unanswered } from './network'

export interface Upload<T> {
  /** Resolves with the parsed answer; rejects with ApiError, NetworkError, or AbortError after `abort()`. */
  done: Promise<T>
  abort: () => void
}

/**
 * Sends a form with files and reports its progress (0 to 1). XMLHttpRequest, because `fetch` cannot report uploads.
 * `idempotencyKey` stays the same for a retry, so that a file received twice counts once.
 */
export function upload<T>(
  path: string,
  form: FormData,
  onProgress: (share: number) => void,
  idempotencyKey: string = crypto.randomUUID(),
): Upload<T> {
  const request = new XMLHttpRequest()
  const done = new Promise<T>((resolve, reject) => {
    request.open('POST', path)
    request.responseType = 'json'
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-CSRF-Token', csrfToken())
    request.setRequestHeader('Idempotency-Key', idempotencyKey)
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T)
      else reject(new ApiError(request.status, (request.response ?? {}) as object))
    }
    request.onerror = () => {
      unanswered()
      reject(new NetworkError())
    }
    request.ontimeout = () => reject(new NetworkError())
    request.onabort = () => reject(new DOMException('Envoi annulé', 'AbortError'))
    request.send(form)
  })
  return { done, abort: () => request.abort() }
}
