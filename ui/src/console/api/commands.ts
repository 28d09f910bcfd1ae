import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { ApiError, call } from '@shared/api/http'
import type { Ack, DemarcheView } from '@shared/api/types'
import { toastDone, toastFailure, toastStale } from '../components/toasts'

export interface Command {
  /** After `/api/demarches/{id}`: `/taches/t1/fin`. */
  chemin: string
  body?: unknown
  methode?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
}

interface Run {
  /** Said once the server has recorded it. */
  dit?: string
  /** What the screen shows while the server answers; taken back on failure. */
  optimiste?: (before: DemarcheView) => DemarcheView
}

/** Refusals that name something left to do: the state shown was right. */
const NOT_YET = new Set([
  'checklist_incomplete', 'document_attendu', 'etape_incomplete', 'formulaire_attendu', 'formulaire_invalide',
  'interdit', 'sans_changement', 'participant_non_invite',
])

const isStale = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status === 409 && !NOT_YET.has(error.code ?? '')

const LISTS = ['demarches', 'travail', 'pieces-a-valider', 'modeles'] as const

/**
 * Commands on one démarche, in two manners. `send` throws, for dialogs that show the refusal in place. `run` reports
 * by itself: a broken line keeps the idempotency key for « Réessayer », a stale answer reloads and says so.
 */
export function useCommands(demarcheId: string) {
  const client = useQueryClient()

  const refresh = useCallback(async (): Promise<void> => {
    for (const list of LISTS) void client.invalidateQueries({ queryKey: [list] })
    await client.invalidateQueries({ queryKey: ['demarche', demarcheId] })
  }, [client, demarcheId])

  const send = useCallback(
    async ({ chemin, body = {}, methode = 'POST' }: Command, key: string = crypto.randomUUID()): Promise<Ack | undefined> => {
      const answer = await call<Ack | undefined>(methode, `/api/demarches/${demarcheId}${chemin}`, {
        body,
        idempotencyKey: key,
      }).catch((error: unknown) => {
        // What was refused on an old state is shown on the new one.
        if (isStale(error)) void refresh()
        throw error
      })
      await refresh()
      return answer
    },
    [demarcheId, refresh],
  )

  const run = useCallback(
    async (command: Command, { dit, optimiste }: Run = {}, key: string = crypto.randomUUID()): Promise<boolean> => {
      const cacheKey = ['demarche', demarcheId]
      const before = client.getQueryData<DemarcheView>(cacheKey)
      if (optimiste && before) {
        await client.cancelQueries({ queryKey: cacheKey, exact: true })
        client.setQueryData(cacheKey, optimiste(before))
      }
      try {
        await send(command, key)
        if (dit) toastDone(dit)
        return true
      } catch (error) {
        if (optimiste && before) client.setQueryData(cacheKey, before)
        if (isStale(error)) toastStale(error)
        else toastFailure(error, () => void run(command, { ...(dit ? { dit } : {}) }, key))
        void client.invalidateQueries({ queryKey: cacheKey })
        return false
      }
    },
    [client, demarcheId, send],
  )

  return { send, run, refresh }
}
