import { Button, PasswordInput, PinInput, TextInput } from '@mantine/core'
import '../theme/composants.css'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { messageOf } from '../api/http'
import { login, sendTotp } from '../api/session'
import { Logo } from '../components/Logo'
import classes from './LoginPage.module.css'

interface Props {
  titre: string
  sousTitre: string
  /** Below the form: help, phone of the firm. */
  aide?: ReactNode
}

/** Email and password, then the six-digit code where a second factor is required; then on to the page asked for. */
export function LoginPage({ titre, sousTitre, aide }: Props) {
  const client = useQueryClient()
  const router = useRouter()
  const { retour } = useSearch({ strict: false }) as { retour?: string }
  const onDone = (): void => {
    // Nothing of the person before stays.
    client.clear()
    void router.navigate({ href: retour ?? '/' })
  }
  const [step, setStep] = useState<'motdepasse' | 'code'>('motdepasse')
  const [enrolment, setEnrolment] = useState<{ qr: string; secret: string } | null>(null)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (step === 'code') heading.current?.focus()
  }, [step])

  const attempt = async (action: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await action()
    } catch (failure) {
      setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }

  const sendPassword = (event: FormEvent): void => {
    event.preventDefault()
    if (!email.trim() || !password) {
      setError('Indiquez votre adresse email et votre mot de passe.')
      return
    }
    void attempt(async () => {
      const answer = await login(email.trim(), password)
      if (!answer.etape) {
        onDone()
        return
      }
      setEnrolment(
        answer.etape === 'totp_inscription' && answer.qr && answer.uri
          ? { qr: answer.qr, secret: new URL(answer.uri).searchParams.get('secret') ?? '' }
          : null,
      )
      setStep('code')
    })
  }

  const sendCode = (entered: string): void => {
    if (entered.length !== 6) {
      setError('Saisissez les 6 chiffres affichés par votre application.')
      return
    }
    void attempt(async () => {
      try {
        await sendTotp(entered)
        onDone()
      } catch (failure) {
        setCode('')
        throw failure
      }
    })
  }

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Logo />
        {step === 'motdepasse' ? (
          <form onSubmit={sendPassword} noValidate className={classes.form}>
            <div>
              <h1>{titre}</h1>
              <p className={classes.lead}>{sousTitre}</p>
            </div>
            <TextInput label="Adresse email" type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus
              value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
            <PasswordInput label="Mot de passe" autoComplete="current-password" value={password}
              visibilityToggleButtonProps={{ 'aria-label': 'Afficher la saisie' }}
              onChange={(event) => setPassword(event.currentTarget.value)} />
            {error && <p className={classes.error} role="alert">{error}</p>}
            <Button type="submit" fullWidth loading={busy}>Se connecter</Button>
          </form>
        ) : (
          <form
            className={classes.form}
            noValidate
            onSubmit={(event) => {
              event.preventDefault()
              sendCode(code)
            }}
          >
            <div>
              <h1 ref={heading} tabIndex={-1}>{enrolment ? 'Protégez votre compte' : 'Code à 6 chiffres'}</h1>
              <p className={classes.lead}>
                {enrolment
                  ? 'Scannez ce code avec votre application d’authentification, puis saisissez les 6 chiffres qu’elle affiche.'
                  : 'Ouvrez votre application d’authentification et saisissez le code affiché.'}
              </p>
            </div>
            {enrolment && (
              <div className={classes.enrolment}>
                <img src={`data:image/svg+xml;utf8,${encodeURIComponent(enrolment.qr)}`} alt="Code QR à scanner" width={176} height={176} />
                <p>Sans appareil photo, saisissez cette clé dans l’application : <code>{enrolment.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
              </div>
            )}
            <div role="group" aria-label="Code à 6 chiffres">
              <PinInput length={6} type="number" oneTimeCode autoFocus value={code} onChange={setCode} onComplete={sendCode}
                size="lg" aria-label="Chiffre du code" placeholder="" disabled={busy} error={Boolean(error)} />
            </div>
            {error && <p className={classes.error} role="alert">{error}</p>}
            <Button type="submit" fullWidth loading={busy}>Vérifier le code</Button>
            <Button variant="subtle" fullWidth onClick={() => { setStep('motdepasse'); setCode(''); setError(null) }}>
              Changer de compte
            </Button>
          </form>
        )}
      </div>
      {aide && <div className={classes.help}>{aide}</div>}
    </main>
  )
}
