import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError, apiFetch } from '@shared/api/http'
import type { PiecesToCheck, PieceView } from '@shared/api/types'
import { toastFailure, toastStale, toastUndo } from '../components/toasts'

export interface Entry {
  groupe: PiecesToCheck['groupes'][number]
  piece: PieceView
}

/** A new deposit makes it another thing to decide. */
export const pieceKey = ({ groupe, piece }: Entry): string => `${groupe.demarche_id}/${piece.id}/${piece.versions.length}`

/** Seconds during which « Annuler » takes a decision back. Nothing is sent before. */
export const UNDO_S = 6

interface Decision {
  /** After `/pieces/{id}`. */
  chemin: string
  body: Record<string, unknown>
  /** Status shown meanwhile. */
  statut: 'valide' | 'refuse' | 'recu'
  dit: string
}

interface Waiting {
  timer: ReturnType<typeof setTimeout>
  send: () => void
}

/**
 * Decisions on pièces, sent a few seconds later so that they can be taken back: the client is told at once when they
 * leave, and an announcement cannot be taken back. Leaving the screen or the page sends what is waiting.
 */
export function useDecisions() {
  const client = useQueryClient()
  const [statuses, setStatuses] = useState<ReadonlyMap<string, string>>(new Map())
  const [seen, setSeen] = useState<ReadonlyMap<string, Entry>>(new Map())
  const [handled, setHandled] = useState<ReadonlySet<string>>(new Set())
  const waiting = useRef(new Map<string, Waiting>())

  const forget = useCallback((key: string): void => {
    setStatuses((before) => without(before, key))
    setSeen((before) => without(before, key))
    setHandled((before) => new Set([...before].filter((each) => each !== key)))
  }, [])

  const post = useCallback(
    async (entry: Entry, decision: Decision, idempotencyKey: string): Promise<void> => {
      const { groupe, piece } = entry
      try {
        await apiFetch(
          new Request(new URL(`/api/demarches/${groupe.demarche_id}/pieces/${piece.id}${decision.chemin}`, location.origin), {
            method: 'POST',
            // The page may be closing: the browser finishes the call by itself.
            keepalive: true,
            credentials: 'same-origin',
            headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': idempotencyKey },
            body: JSON.stringify(decision.body),
          }),
        )
        // Acknowledged is not decided: it stays to be validated or refused, under the server's own status.
        if (decision.statut === 'recu') {
          setStatuses((before) => without(before, pieceKey(entry)))
          setSeen((before) => without(before, pieceKey(entry)))
        }
      } catch (error) {
        forget(pieceKey(entry))
        if (error instanceof ApiError && error.status === 409) toastStale(error)
        else {
          toastFailure(error, () => {
            setHandled((before) => new Set(before).add(pieceKey(entry)))
            setStatuses((before) => new Map(before).set(pieceKey(entry), decision.statut))
            void post(entry, decision, idempotencyKey)
          })
        }
      }
      for (const key of [['pieces-a-valider'], ['travail'], ['demarches'], ['demarche', groupe.demarche_id]]) void client.invalidateQueries({ queryKey: key })
    },
    [client, forget],
  )

  const decide = useCallback(
    (entry: Entry, decision: Decision): void => {
      const key = pieceKey(entry)
      setStatuses((before) => new Map(before).set(key, decision.statut))
      setHandled((before) => new Set(before).add(key))
      setSeen((before) => new Map(before).set(key, { ...entry, piece: { ...entry.piece, statut: decision.statut } }))
      const idempotencyKey = crypto.randomUUID()
      const send = (): void => {
        const mine = waiting.current.get(key)
        if (!mine) return
        clearTimeout(mine.timer)
        waiting.current.delete(key)
        close()
        void post(entry, decision, idempotencyKey)
      }
      const close = toastUndo(`${decision.dit}. Envoi dans ${UNDO_S} secondes.`, UNDO_S, () => {
        const mine = waiting.current.get(key)
        if (!mine) return
        clearTimeout(mine.timer)
        waiting.current.delete(key)
        forget(key)
      })
      waiting.current.set(key, { timer: setTimeout(send, UNDO_S * 1000), send })
    },
    [forget, post],
  )

  useEffect(() => {
    const queue = waiting.current
    const flush = (): void => {
      for (const { send } of [...queue.values()]) send()
    }
    addEventListener('pagehide', flush)
    return () => {
      removeEventListener('pagehide', flush)
      flush()
    }
  }, [])

  return useMemo(
    () => ({
      decide,
      seen,
      /** Status given here, until the server's own is read. */
      decided: (entry: Entry): string | undefined => statuses.get(pieceKey(entry)),
      /** Already looked at in this visit: « suivante » does not come back to it. */
      handled: (entry: Entry): boolean => handled.has(pieceKey(entry)),
      count: handled.size,
    }),
    [decide, handled, seen, statuses],
  )
}

export type Decisions = ReturnType<typeof useDecisions>

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const next = new Map(map)
  next.delete(key)
  return next
}
