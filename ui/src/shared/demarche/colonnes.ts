import type { Moi } from '../api/session'
import type { TacheView } from '../api/types'
import { statusOf } from '../statuses'

export interface Colonne {
  cle: string
  libelle: string
  /** Status of the tasks that it may hold. */
  statut: string
}

export const ORIGINE = ['suggere_client', 'a_faire', 'en_cours', 'attente_validation', 'termine'] as const

/** Statuses between which a task moves freely. */
export const LIBRES = ['a_faire', 'en_cours', 'attente_validation'] as const

/** The columns of the task board, from left to right: the firm's, or the five it has by itself (TCH-01). */
export function columnsOf(moi: Moi): Colonne[] {
  return moi.colonnes?.length ? moi.colonnes : ORIGINE.map((cle) => ({ cle, libelle: statusOf('tache', cle).libelle, statut: cle }))
}

/** Where a task stands: the column it was put in while that is one of its status, else its status's own. */
export function columnOf(tache: Pick<TacheView, 'statut' | 'colonne'>, colonnes: Colonne[]): string {
  const put = colonnes.find(({ cle }) => cle === tache.colonne)
  return put?.statut === tache.statut ? put.cle : tache.statut
}

/** Columns shown for these tasks: that of suggestions only while there is one. */
export const shownFor = (taches: TacheView[], colonnes: Colonne[]): Colonne[] =>
  colonnes.filter(({ cle }) => cle !== 'suggere_client' || taches.some(({ statut }) => statut === cle))
