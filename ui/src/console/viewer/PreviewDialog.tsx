import { Modal } from '@mantine/core'
import type { FileRef } from '@shared/api/types'
import { Viewer } from './Viewer'
import classes from './Viewer.module.css'

/** One file over the screen (GED-01). */
export function PreviewDialog({ fichier, onClose }: { fichier: FileRef; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={fichier.nom} size="min(1000px, 94vw)" padding={0} classNames={{ header: classes.modalHead ?? '' }}>
      <div className={classes.modal}><Viewer fichier={fichier} sansNom /></div>
    </Modal>
  )
}
