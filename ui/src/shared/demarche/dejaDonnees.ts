import { useQuery } from '@tanstack/react-query'
import { call } from '../api/http'
import type { PieceDejaDonnee, PiecesDejaDonnees } from '../api/types'

/** Documents of the same kind that the client gave for other démarches, by pièce (GED-15). None while off line. */
export function useGiven(demarcheId: string, asked: boolean): ReadonlyMap<string, PieceDejaDonnee> {
  const { data } = useQuery({
    queryKey: ['deja-donnees', demarcheId],
    queryFn: ({ signal }) => call<PiecesDejaDonnees>('GET', `/api/demarches/${demarcheId}/deja-donnees`, { signal }),
    staleTime: 60_000,
    enabled: asked,
  })
  return new Map(data?.items.map((item) => [item.piece, item]))
}
