import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { savingDraft } from '../api/drafts'
import { call } from '../api/http'
import type { Draft } from '../api/types'
import { useDraft } from './useDraft'

/**
 * The draft of a request not sent yet, for one tiers, kept on the server (DEM-04).
 * @returns what `useDraft` does; once the request is sent, its draft is of no use and is removed.
 */
export function useRequestDraft(modele: string, tiers: string, draft: Draft | null) {
  const client = useQueryClient()
  const path = `/api/brouillons/${modele}?tiers=${encodeURIComponent(tiers)}`
  // The version last saved: a draft changed in another window is not overwritten.
  const version = useRef(draft?.version ?? null)
  const save = useMutation({
    mutationFn: async (data: Record<string, unknown>) => {
      const saved = await savingDraft(call<Draft>('PUT', path, { body: { data, version: version.current }, keepalive: true }))
      version.current = saved.version
      void client.invalidateQueries({ queryKey: ['brouillons'] })
      return saved.updated_at
    },
    scope: { id: `brouillon/${modele}/${tiers}` },
  })
  const { sending, ...form } = useDraft({ place: path, save: save.mutateAsync, saved: draft && { data: draft.data, at: draft.updated_at } })
  const sendingRequest = <T>(send: () => Promise<T>): Promise<T> =>
    sending(async () => {
      const answer = await send()
      await call('DELETE', path).catch(() => undefined)
      void client.invalidateQueries({ queryKey: ['brouillons'] })
      return answer
    })
  return { ...form, sending: sendingRequest }
}
