import { useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense, useState } from 'react'
import type { CollectionView, LigneConnue, LigneView } from '../api/types'
import { SideDialog } from '../components/SideDialog'
import { SkeletonRows } from '../components/States'
import { KnownLines, takesOver } from './KnownLines'
import { useLines } from './useLines'

const DynamicForm = lazy(() => import('../form/DynamicForm'))

interface Props {
  demarcheId: string
  collection: CollectionView
  /** Absent: a new line. */
  ligne?: LigneView
  onClose: () => void
}

/** One line, typed in its form; beside the table on a desktop, over it on a phone. */
export function LineDrawer({ demarcheId, collection, ligne, onClose }: Props) {
  const phone = useMediaQuery('(max-width: 759px)', false, { getInitialValueInEffect: false })
  const lines = useLines(demarcheId)
  const [known, setKnown] = useState<LigneConnue | null>(null)
  const save = async (donnees: Record<string, unknown>): Promise<void> => {
    await (ligne ? lines.change(collection.cle, ligne.id, donnees, ligne.version) : lines.add(collection.cle, donnees))
    onClose()
  }
  return (
    <SideDialog
      opened
      onClose={onClose}
      position={phone ? 'bottom' : 'right'}
      size={phone ? '92%' : 480}
      title={ligne ? `Modifier : ${ligne.nom}` : `Ajouter : ${collection.singulier}`}
    >
      {!ligne && takesOver(collection.schema) && <KnownLines demarcheId={demarcheId} collection={collection} chosen={known} onChoose={setKnown} />}
      <Suspense fallback={<SkeletonRows lignes={4} hauteur={60} />}>
        <DynamicForm
          key={known ? JSON.stringify(known.donnees) : 'vide'}
          schema={collection.schema as Record<string, unknown>}
          uiSchema={collection.ui as Record<string, unknown>}
          data={ligne?.donnees ?? known?.donnees ?? null}
          action={ligne ? 'Enregistrer' : 'Ajouter'}
          onSubmit={save}
        />
      </Suspense>
    </SideDialog>
  )
}
