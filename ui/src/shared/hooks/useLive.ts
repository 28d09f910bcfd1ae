import { matchQuery, type QueryKey, useQueryClient } from '@tanstack/react-query'
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
/** A stream that lasted so long was a good one: the next is tried soon. */
const STEADY = 10_000
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
    let openedAt = Infinity
    let again: ReturnType<typeof setTimeout> | undefined
    let flush: ReturnType<typeof setTimeout> | undefined
    let stopped = false
    const pending = new Map<string, QueryKey>()

    // One human action makes several events: refetch once for all of them.
    const invalidateSoon = (keys: QueryKey[]): void => {
      for (const key of keys) pending.set(JSON.stringify(key), key)
      flush ??= setTimeout(() => {
        flush = undefined
        for (const key of pending.values()) refresh(client, (query) => matchQuery({ queryKey: key }, query))
        pending.clear()
      }, GATHER)
    }

    const readAgain = (): void => refresh(client, (query) => query.queryKey[0] !== 'moi')

    const connect = (): void => {
      source = new EventSource('/api/flux')
      source.onopen = () => {
        openedAt = Date.now()
        setOpen(true)
        if (wasOpen) readAgain()
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
      // So much has moved that the server does not name it.
      source.addEventListener('relire', readAgain)
      source.onerror = () => {
        source?.close()
        setOpen(false)
        if (stopped) return
        if (Date.now() - openedAt > STEADY) retry = RETRY_FIRST
        openedAt = Infinity
        // Each browser at its own moment: they were all cut at once.
        again = setTimeout(connect, retry * (0.5 + Math.random()))
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
