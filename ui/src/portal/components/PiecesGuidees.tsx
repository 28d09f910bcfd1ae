import { useQueryClient } from '@tanstack/react-query'
import type { DemarcheView, PieceView } from '@shared/api/types'
import { useKeep } from '../offline/useKeep'
import { PieceList, type PieceListProps } from './PieceList'

interface Props extends Omit<PieceListProps, 'demarcheId' | 'due' | 'garder' | 'onDone'> {
  view: DemarcheView
  onDone?: (piece: PieceView) => void
}

/** Guided deposit of some of a démarche's pièces: kept for later when there is no network, shown anew once received. */
export default function PiecesGuidees({ view, pieces, onDone, ...rest }: Props) {
  const client = useQueryClient()
  const keep = useKeep()
  const due = pieces.filter((piece) => piece.a_moi).map((piece) => piece.due_at).filter((at) => at !== null).sort()[0] ?? null
  return (
    <PieceList
      {...rest}
      demarcheId={view.id}
      pieces={pieces}
      due={due}
      prepares={view.documents}
      garder={(error, piece, fichiers, key) => {
        const visit = view.etapes.find(({ cle }) => cle === piece.etape)?.visit
        return keep(error, {
          id: key,
          genre: 'depot',
          demarcheId: view.id,
          titre: piece.titre,
          chemin: `/api/demarches/${view.id}/pieces/${piece.id}/depots`,
          // Sent later, it is for the étape as it is now: over meanwhile, it is refused and comes back here.
          champs: visit === undefined ? {} : { visit: String(visit) },
          fichiers,
        })
      }}
      onDone={(piece) => {
        onDone?.(piece)
        void client.invalidateQueries({ queryKey: ['demarche', view.id] })
        void client.invalidateQueries({ queryKey: ['attentes'] })
      }}
    />
  )
}
