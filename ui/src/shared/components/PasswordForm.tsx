import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiError, messageOf } from '../api/http'
import { changePassword } from '../api/session'
import classes from './PasswordForm.module.css'

/** Change of one's own password (SEC-03). */
export function PasswordForm() {
  const [actuel, setActuel] = useState('')
  const [nouveau, setNouveau] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [done, setDone] = useState(false)

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    setDone(false)
    try {
      await changePassword(actuel, nouveau)
      setActuel('')
      setNouveau('')
      setDone(true)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }

  const fields = error instanceof ApiError ? error.errors : []
  const fieldError = (name: string): string | undefined => fields.find(({ pointer }) => pointer.endsWith(`/${name}`))?.detail
  return (
    <form className={classes.form} noValidate onSubmit={(event) => void send(event)}>
      <PasswordInput label="Mot de passe actuel" autoComplete="current-password" value={actuel} error={fieldError('actuel')}
        visibilityToggleButtonProps={{ 'aria-label': 'Afficher la saisie' }} onChange={(event) => setActuel(event.currentTarget.value)} />
      <PasswordInput label="Nouveau mot de passe" description="12 caractères au moins." autoComplete="new-password" value={nouveau} error={fieldError('nouveau')}
        visibilityToggleButtonProps={{ 'aria-label': 'Afficher la saisie' }} onChange={(event) => setNouveau(event.currentTarget.value)} />
      {error !== null && fields.length === 0 && <p className={classes.error} role="alert">{messageOf(error)}</p>}
      {done && <p className={classes.done} role="status">Votre mot de passe est changé. Vos autres sessions sont fermées.</p>}
      <Button type="submit" variant="outline" loading={busy} disabled={!actuel || !nouveau}>Changer le mot de passe</Button>
    </form>
  )
}
