import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { refresh } from '../api/refresh'

export interface LiveEvent {
  type: 'demarche' | 'notification' | 'export'
  /** Démarche that moved, and its new sequence number. */
  demarche?: string
  seq?: number
  /** PDF being made for the reader: where it stands, in hundredths. */
  export?: string
  etat?: string
  avancement?: number
}

const RETRY_FIRST = 2_000
const RETRY_MAX = 30_000
const GATHER = 250

/**
 * Keeps what is on screen fresh: each event of `/api/flux` invalidates the query keys that `keysOf` names for it.
 * Reconnects by itself, and refreshes everything on screen after a cut, since events may have been missed.
 * @returns whether the stream is open.
 */
export function useLive(keysOf: (event: LiveEvent) => QueryKey[], onEvent?: (event: LiveEvent) => void): boolean {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const callbacks = useRef({ keysOf, onEvent })
  useEffect(() => {
    callbacks.current = { keysOf, onEvent }
  })

  useEffect(() => {
    let source: EventSource | undefined
    let retry = RETRY_FIRST
    let wasOpen = false
    let again: ReturnType<typeof setTimeout> | undefined
    let flush: ReturnType<typeof setTimeout> | undefined
    let stopped = false
    const pending = new Map<string, QueryKey>()

    // One human action makes several events: refetch once for all of them.
    const invalidateSoon = (keys: QueryKey[]): void => {
      for (const key of keys) pending.set(JSON.stringify(key), key)
      flush ??= setTimeout(() => {
        flush = undefined
        for (const key of pending.values()) refresh(client, key)
        pending.clear()
      }, GATHER)
    }

    const connect = (): void => {
      source = new EventSource('/api/flux')
      source.onopen = () => {
        retry = RETRY_FIRST
        setOpen(true)
        if (wasOpen) void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'moi' })
        wasOpen = true
      }
      const receive = (type: LiveEvent['type']) => (message: MessageEvent<string>) => {
        const event = { ...(JSON.parse(message.data || '{}') as Omit<LiveEvent, 'type'>), type }
        if (event.export) client.setQueryData(['avancement', event.export], event.avancement)
        invalidateSoon(callbacks.current.keysOf(event))
        callbacks.current.onEvent?.(event)
      }
      source.addEventListener('demarche', receive('demarche'))
      source.addEventListener('notification', receive('notification'))
      source.addEventListener('export', receive('export'))
      source.onerror = () => {
        source?.close()
        setOpen(false)
        if (stopped) return
        again = setTimeout(connect, retry)
        retry = Math.min(retry * 2, RETRY_MAX)
      }
    }

    connect()
    return () => {
      stopped = true
      source?.close()
      clearTimeout(again)
      clearTimeout(flush)
    }
  }, [client])

  return open
}
