import { useMoi } from '../api/session'
import type { TacheView } from '../api/types'
import { columnOf, columnsOf } from '../demarche/colonnes'
import { statusOf } from '../statuses'
import { StatusBadge } from './StatusBadge'

interface Props {
  tache: Pick<TacheView, 'statut' | 'colonne'>
  retard?: boolean
  court?: boolean
}

/** Where a task is, in the words of the firm's own columns (TCH-01, TCH-16). */
export function TacheBadge({ tache, retard = false, court = false }: Props) {
  const columns = columnsOf(useMoi())
  if (retard) return <StatusBadge objet="tache" cle="en_retard" court={court} />
  const column = columns.find(({ cle }) => cle === columnOf(tache, columns))
  const own = column && column.libelle !== statusOf('tache', tache.statut).libelle
  return <StatusBadge objet="tache" cle={tache.statut} court={court} {...(own ? { perso: { libelle: column.libelle } } : {})} />
}
