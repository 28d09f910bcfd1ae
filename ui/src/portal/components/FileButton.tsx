import { type ReactNode, Suspense, useState } from 'react'
import type { FileRef } from '@shared/api/types'
import { References } from '@shared/components/References'
import { part } from '@shared/router/lazy'
import classes from './FileButton.module.css'

const PreviewDialog = part(async () => (await import('@shared/viewer/PreviewDialog')).PreviewDialog)

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
  return (
    <>
      <button type="button" className={className ?? classes.link} aria-label={`Ouvrir ${titre}`} onClick={() => setOpen(true)}>
        {children ?? <span><References>{file.nom}</References></span>}
      </button>
      {open && <Suspense><PreviewDialog fichier={file} titre={titre} onClose={() => setOpen(false)} /></Suspense>}
    </>
  )
}
