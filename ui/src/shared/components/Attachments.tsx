import { Button } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { Suspense, useRef, useState } from 'react'
import { messageOf } from '../api/http'
import { deposit } from '../api/deposit'
import type { FileRef } from '../api/types'
import { fileSize } from '../format'
import { STROKE } from '../icons'
import { part } from '../router/lazy'
import classes from './Attachments.module.css'

const PreviewDialog = part(async () => (await import('../viewer/PreviewDialog')).PreviewDialog)

interface Props {
  fichiers: readonly FileRef[]
  /** Where more are sent; absent when nothing may be joined. */
  chemin?: string | undefined
  onDone: () => void
}

/** Files joined to something: read here, and more of them sent (TCH-04). */
export function Attachments({ fichiers, chemin, onDone }: Props) {
  const [open, setOpen] = useState<FileRef | null>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const picker = useRef<HTMLInputElement>(null)

  const send = async (files: File[]): Promise<void> => {
    if (!chemin || files.length === 0) return
    setBusy(true)
    setFailure(null)
    try {
      await deposit({ chemin, fichiers: files.map((file) => ({ nom: file.name, contenu: file })), key: crypto.randomUUID() }).done
      onDone()
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  if (fichiers.length === 0 && !chemin) return null
  return (
    <div className={classes.attachments}>
      {fichiers.length > 0 && (
        <ul aria-label="Pièces jointes">
          {fichiers.map((file) => (
            <li key={file.id}>
              <button type="button" className={classes.file} onClick={() => setOpen(file)}>
                <IconPaperclip size={16} stroke={STROKE} aria-hidden />
                <span className={classes.name}><span className="el-hors-vue">Ouvrir </span>{file.nom}</span>
                <small>{fileSize(file.taille)}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chemin && (
        <>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            tabIndex={-1}
            aria-label="Choisir les pièces jointes"
            onChange={(event) => {
              const files = [...(event.currentTarget.files ?? [])]
              event.currentTarget.value = ''
              void send(files)
            }}
          />
          <Button variant="subtle" loading={busy} leftSection={<IconPaperclip size={18} stroke={STROKE} />} onClick={() => picker.current?.click()}>Joindre un fichier</Button>
        </>
      )}
      {failure && <p className={classes.failure} role="alert">{failure}</p>}
      {open && <Suspense><PreviewDialog fichier={open} onClose={() => setOpen(null)} /></Suspense>}
    </div>
  )
}
