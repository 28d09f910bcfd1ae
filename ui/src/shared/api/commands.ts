import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from './http'
import type { Ack } from './types'

export interface Command {
  /** After `/api/demarches/{id}`: `/taches/t1/fin`. */
  chemin: string
  body?: unknown
  methode?: 'POST' | 'PUT' | 'DELETE'
}

/**
 * Commands on one démarche. Once acknowledged, what it shows is read again before the mutation ends,
 * so that a screen never shows the state before its own action.
 */
export function useCommand(demarcheId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ chemin, body = {}, methode = 'POST' }: Command) =>
      call<Ack | undefined>(methode, `/api/demarches/${demarcheId}${chemin}`, { body }),
    onSettled: async () => {
      for (const key of ['demarches', 'travail', 'attentes', 'pieces-a-valider']) {
        void client.invalidateQueries({ queryKey: [key] })
      }
      await client.invalidateQueries({ queryKey: ['demarche', demarcheId] })
    },
  })
}
