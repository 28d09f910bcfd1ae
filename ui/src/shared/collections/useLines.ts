import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { call } from '../api/http'

/** Commands on the lines of a démarche's collections; each throws on a refusal, and refreshes what is shown. */
export function useLines(demarcheId: string) {
  const client = useQueryClient()
  const send = useCallback(
    async (method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown): Promise<void> => {
      try {
        await call(method, `/api/demarches/${demarcheId}/collections/${path}`, { body })
      } finally {
        await client.invalidateQueries({ queryKey: ['demarche', demarcheId] })
      }
    },
    [client, demarcheId],
  )
  return {
    add: (collection: string, donnees: Record<string, unknown>) => send('POST', `${collection}/lignes`, { donnees }),
    addAll: (collection: string, lignes: Record<string, unknown>[], remplace = false) => send('POST', `${collection}/lignes/ensemble`, { lignes, remplace }),
    change: (collection: string, ligne: string, donnees: Record<string, unknown>, version: number) =>
      send('PUT', `${collection}/lignes/${ligne}`, { donnees, version }),
    setStatut: (collection: string, ligne: string, statut: string, motif?: string) =>
      send('PUT', `${collection}/lignes/${ligne}/statut`, { statut, ...(motif ? { motif } : {}) }),
    remove: (collection: string, ligne: string, motif: string) => send('DELETE', `${collection}/lignes/${ligne}`, { motif }),
  }
}
