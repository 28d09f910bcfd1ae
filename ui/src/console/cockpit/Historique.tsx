import { useInfiniteQuery } from '@tanstack/react-query'
import type { DemarcheView } from '@shared/api/types'
import { Dialog } from '@shared/components/Dialog'
import { activiteQuery } from '../api/queries'
import { Lines } from './Lines'

/** « Historique » of one pièce or tâche: the lines of the journal that are about it, and they alone. */
export function Historique({ demarche, objet, onClose }: { demarche: DemarcheView; objet: string; onClose: () => void }) {
  const feed = useInfiniteQuery(activiteQuery(demarche.id, [], objet))
  const [kind, id] = objet.split(':')
  const found = (kind === 'tache' ? demarche.taches : demarche.pieces).find((each) => each.id === id)
  return (
    <Dialog opened onClose={onClose} title={found ? `Historique : ${found.titre}` : 'Historique'} size={680}>
      <Lines feed={feed} />
    </Dialog>
  )
}
