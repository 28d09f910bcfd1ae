import type { PieceView } from '@shared/api/types'

/** Nothing more is expected for it. */
export const settled = (piece: PieceView): boolean => ['valide', 'pris_en_compte', 'sans_objet'].includes(piece.statut)

/** Deposited, and the firm has not decided yet. */
export const toCheck = (piece: PieceView): boolean => piece.statut === 'attente_validation' || piece.statut === 'recu'
