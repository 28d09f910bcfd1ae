import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useRef, useState } from 'react'
import { ApiError, messageOf } from '@shared/api/http'
import { Dialog } from '@shared/components/Dialog'
import classes from './CommandDialog.module.css'
import { typo } from './typo'

/** Refusals of the server, by the field they are about. */
export type FieldErrors = Record<string, string>

interface Props {
  titre: string
  /** Verb of the one filled button. */
  action: string
  onClose: () => void
  /** Sends; what it throws is shown here, and the same key is used again on a retry. */
  onSubmit: (key: string) => Promise<unknown>
  /** Says what is missing before sending: field → sentence. */
  check?: () => FieldErrors
  children: (errors: FieldErrors) => ReactNode
  large?: boolean
  /** Nothing can be sent yet. */
  inactif?: boolean
}

/** A small form in a dialog, around one command. */
export function CommandDialog({ titre, action, onClose, onSubmit, check, children, large = false, inactif = false }: Props) {
  const [errors, setErrors] = useState<FieldErrors>({})
  const [failure, setFailure] = useState<{ texte: string; lien?: string | undefined } | null>(null)
  const [busy, setBusy] = useState(false)
  const key = useRef(crypto.randomUUID())
  const form = useRef<HTMLFormElement>(null)

  const showErrors = (found: FieldErrors): void => {
    setErrors(found)
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }

  const submit = async (): Promise<void> => {
    const missing = check?.() ?? {}
    setFailure(null)
    showErrors(missing)
    if (Object.keys(missing).length > 0) return
    setBusy(true)
    try {
      await onSubmit(key.current)
      onClose()
    } catch (error) {
      setBusy(false)
      // Refused for good: what is sent next is another command. A broken line keeps its key.
      if (error instanceof ApiError && error.status < 500) key.current = crypto.randomUUID()
      const fields = error instanceof ApiError ? error.errors : []
      if (fields.length > 0) {
        // Under each name of its path: a dialog knows its field by one of them.
        const found: FieldErrors = {}
        for (const { pointer, detail } of fields) {
          for (const name of pointer.split('/').filter(Boolean)) found[name] = [found[name], typo(detail)].filter(Boolean).join(' ')
        }
        showErrors(found)
      }
      setFailure({ texte: typo(messageOf(error)), lien: error instanceof ApiError ? error.lien : undefined })
    }
  }

  return (
    <Dialog opened onClose={busy ? () => undefined : onClose} title={titre} size={large ? 720 : 500}>
      <form
        ref={form}
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {children(errors)}
        {failure && <p className={classes.error} role="alert">{failure.texte}{failure.lien && <> <Link to={failure.lien}>Ouvrir sa fiche</Link></>}</p>}
        <div className={classes.actions}>
          <Button variant="subtle" color="gray" onClick={onClose} disabled={busy}>Retour</Button>
          <Button type="submit" loading={busy} disabled={inactif}>{action}</Button>
        </div>
      </form>
    </Dialog>
  )
}
