import type { DemarcheView, PieceView } from '@shared/api/types'

/** Pièces that the client provides; those of a participant are left to that person. */
export function minePieces(view: DemarcheView): PieceView[] {
  const roles = new Set(view.equipe.filter((member) => member.side === 'client').map((member) => member.role))
  return view.pieces.filter((piece) => piece.statut !== 'sans_objet' && (piece.a_moi || roles.has(piece.de)))
}
