import { Button, Checkbox, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { messageOf } from '../api/http'
import classes from './ConfirmDialog.module.css'
import { Dialog } from './Dialog'

interface Props {
  ouvert: boolean
  onClose: () => void
  titre: string
  /** What will happen, in words: open tasks, reminders, documents, mails. */
  children?: ReactNode
  /** Label of the action, a verb: « Suspendre la démarche ». */
  action: string
  /** Asks for a reason: its label, and proposals to click. */
  motif?: { libelle: string; obligatoire?: boolean; propositions?: string[]; placeholder?: string }
  danger?: boolean
  /** A box that must be ticked first. */
  accord?: string
  onConfirm: (motif: string) => Promise<unknown>
}

/** Confirmation of a command, with its reason when the requirement wants one. */
export function ConfirmDialog({ ouvert, onClose, titre, children, action, motif, danger = false, accord, onConfirm }: Props) {
  const [text, setText] = useState('')
  const [agreed, setAgreed] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [asked, setAsked] = useState(false)
  const required = motif !== undefined && motif.obligatoire !== false
  const missing = required && text.trim() === ''

  const close = (): void => {
    if (busy) return
    setText('')
    setAgreed(false)
    setError(null)
    setAsked(false)
    onClose()
  }

  const confirm = async (): Promise<void> => {
    setAsked(true)
    if (missing || (accord && !agreed)) return
    setBusy(true)
    setError(null)
    try {
      await onConfirm(text.trim())
      setBusy(false)
      setText('')
      setAsked(false)
      onClose()
    } catch (failure) {
      setBusy(false)
      setError(messageOf(failure))
    }
  }

  return (
    <Dialog opened={ouvert} onClose={close} title={titre}>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void confirm()
        }}
      >
        {children && <div className={classes.text}>{children}</div>}
        {motif && (
          <>
            {motif.propositions && motif.propositions.length > 0 && (
              <div className={classes.proposals} role="group" aria-label="Motifs proposés">
                {motif.propositions.map((proposal) => (
                  <button key={proposal} type="button" className={classes.proposal} aria-pressed={text === proposal} onClick={() => setText(proposal)}>
                    {proposal}
                  </button>
                ))}
              </div>
            )}
            <Textarea
              label={motif.libelle}
              placeholder={motif.placeholder}
              required={required}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              error={asked && missing ? 'Indiquez un motif.' : undefined}
              maxLength={2000}
              data-autofocus
            />
          </>
        )}
        {accord && (
          <Checkbox
            label={accord}
            checked={agreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
            error={asked && !agreed ? 'Votre accord est nécessaire.' : undefined}
          />
        )}
        {error && <p className={classes.error} role="alert">{error}</p>}
        <div className={classes.actions}>
          <Button variant="subtle" color="gray" onClick={close} disabled={busy}>Retour</Button>
          <Button type="submit" loading={busy} {...(danger ? { color: 'red', variant: 'outline', className: classes.danger } : {})}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
