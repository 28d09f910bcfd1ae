import type { FileRef } from '../api/types'
import { Dialog } from '../components/Dialog'
import { Viewer } from './Viewer'
import classes from './Viewer.module.css'

interface Props {
  fichier: FileRef
  /** Name shown; the file's own by default. */
  titre?: string
  onClose: () => void
}

/** One file over the screen (GED-01). */
export function PreviewDialog({ fichier, titre = fichier.nom, onClose }: Props) {
  return (
    <Dialog opened onClose={onClose} title={titre} size="min(1000px, 94vw)" padding={0} classNames={{ header: classes.modalHead ?? '', title: classes.modalTitle ?? '' }}>
      <div className={classes.modal}><Viewer fichier={fichier} sansNom /></div>
    </Dialog>
  )
}
