import { Button, Modal } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { FileRef } from '@shared/api/types'
import { Preview } from '@shared/components/Preview'
import { STROKE } from '@shared/icons'
import classes from './FileButton.module.css'

interface Props {
  file: FileRef
  /** Name shown and said; the file's own by default. */
  titre?: string
  className?: string | undefined
  children?: ReactNode
}

/** Opens a file in the built-in viewer, with its download (GED-01). */
export function FileButton({ file, titre = file.nom, className, children }: Props) {
  const [open, setOpen] = useState(false)
  const url = `/api/fichiers/${file.id}`
  return (
    <>
      <button type="button" className={className ?? classes.link} aria-label={`Ouvrir ${titre}`} onClick={() => setOpen(true)}>
        {children ?? file.nom}
      </button>
      <Modal opened={open} onClose={() => setOpen(false)} title={titre} size={860} padding={0} classNames={{ header: classes.header, title: classes.title }}>
        <Preview url={url} type={file.type} nom={file.nom} />
        <div className={classes.foot}>
          <Button component="a" href={`${url}?telecharger=1`} variant="light" leftSection={<IconDownload size={20} stroke={STROKE} />}>Télécharger</Button>
        </div>
      </Modal>
    </>
  )
}
