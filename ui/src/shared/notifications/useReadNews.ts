import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/http'

/**
 * Whoever opens a démarche reads how it goes: its news leave the bell, which keeps what asks for something and the messages
 * (NOT-08, NOT-09). `unread`: how many the bell counts, so that those that come meanwhile are read too.
 */
export function useReadNews(demarche: string, unread: number | undefined): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!unread) return
    const read = (): void => {
      if (document.hidden) return
      stop()
      // What fails is tried again with the next news or the next visit.
      call<{ non_lues: number }>('PUT', '/api/notifications/lues', { body: { demarche } })
        .then(({ non_lues: left }) => (left === unread ? undefined : client.invalidateQueries({ queryKey: ['notifications'] })))
        .catch(() => undefined)
    }
    const stop = (): void => document.removeEventListener('visibilitychange', read)
    // A page opened in another tab is read once it is looked at.
    document.addEventListener('visibilitychange', read)
    read()
    return stop
  }, [client, demarche, unread])
}
