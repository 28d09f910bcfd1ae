import { Button, PasswordInput, TextInput } from '@mantine/core'
import '@shared/theme/composants.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { IconArrowRight, IconMail } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import type { PersonalLink } from '@shared/api/types'
import { Logo } from '@shared/components/Logo'
import { SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import classes from './AccesPage.module.css'

/** « Mot de passe oublié ? »: the address, then the same answer whether it is known or not. */
export function OubliPage() {
  const [email, setEmail] = useState('')
  const [busy, setBusy] = useState(false)
  const [sent, setSent] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!email.trim()) {
      setError('Indiquez votre adresse email.')
      return
    }
    setBusy(true)
    setError(null)
    try {
      await call('POST', '/api/connexion/oubli', { body: { email: email.trim() } })
      setSent(email.trim())
    } catch (failure) {
      setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Alone titre="Mot de passe">
      {sent ? (
        <Message titre="Regardez votre messagerie" texte={`Si l’adresse ${sent} est connue du cabinet, un email vient d’y partir avec un lien pour choisir votre mot de passe. Il arrive en général en moins d’une minute ; pensez aux indésirables.`}>
          <Button fullWidth variant="outline" onClick={() => setSent(null)}>Essayer une autre adresse</Button>
        </Message>
      ) : (
        <form className={classes.message} noValidate onSubmit={(event) => void send(event)}>
          <h1>Mot de passe oublié ?</h1>
          <p>Indiquez votre adresse email : nous vous y envoyons un lien pour choisir un nouveau mot de passe.</p>
          <TextInput label="Adresse email" type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus
            value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          {error && <p className={classes.error} role="alert">{error}</p>}
          <Button type="submit" fullWidth loading={busy} leftSection={<IconMail size={20} stroke={STROKE} />}>Recevoir le lien</Button>
        </form>
      )}
      <Link to="/connexion" className={classes.back}>Retour à la connexion</Link>
    </Alone>
  )
}

/** Landing of a personal link: « Bienvenue Sophie, choisissez votre mot de passe ». */
export function AccesPage() {
  const { jeton } = useParams({ strict: false }) as { jeton: string }
  const path = `/api/acces/${encodeURIComponent(jeton)}`
  const link = useQuery({
    queryKey: ['acces', jeton],
    queryFn: ({ signal }) => call<PersonalLink>('GET', path, { signal }),
    staleTime: Infinity,
    retry: false,
  })
  // Told by the last answer: it may have expired, or served elsewhere, since the page was opened.
  const [late, setLate] = useState<ApiError | null>(null)
  const closed = late ?? link.error
  return (
    <Alone titre="Votre accès">
      {closed ? <Closed error={closed} onRetry={() => void link.refetch()} />
        : link.data ? <Choose path={path} link={link.data} onClosed={setLate} />
        : <SkeletonRows lignes={3} hauteur={54} />}
    </Alone>
  )
}

function Choose({ path, link, onClosed }: { path: string; link: PersonalLink; onClosed: (error: ApiError) => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [done, setDone] = useState(false)
  const invited = link.motif === 'invitation'

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const { utilisateur } = await call<{ utilisateur: unknown }>('POST', path, { body: { mot_de_passe: password } })
      // Nothing of the person before stays.
      client.clear()
      if (utilisateur) await navigate({ to: '/', replace: true })
      else setDone(true)
    } catch (failure) {
      if (failure instanceof ApiError && (failure.status === 410 || failure.status === 404)) onClosed(failure)
      else setError(failure)
    } finally {
      setBusy(false)
    }
  }

  if (done) {
    return (
      <Message titre="Votre mot de passe est choisi" texte="Connectez-vous : le code de votre application d’authentification vous sera demandé.">
        <Button fullWidth component={Link} to="/connexion">Me connecter</Button>
      </Message>
    )
  }
  const refused = error instanceof ApiError ? error.errors.find(({ pointer }) => pointer === '/mot_de_passe')?.detail : undefined
  return (
    <form className={classes.message} noValidate onSubmit={(event) => void send(event)}>
      <h1>{invited ? `Bienvenue ${link.prenom}` : `Bonjour ${link.prenom}`}</h1>
      <p>{invited ? `Choisissez votre mot de passe pour ouvrir votre espace chez ${link.cabinet}.` : 'Choisissez votre nouveau mot de passe. Vos autres appareils seront déconnectés.'}</p>
      <TextInput label="Votre identifiant" type="email" autoComplete="username" value={link.email} readOnly />
      <PasswordInput label="Mot de passe" autoComplete="new-password" autoFocus value={password} error={refused}
        description="12 caractères au moins. Le plus simple : quatre mots sans rapport entre eux."
        visibilityToggleButtonProps={{ 'aria-label': 'Afficher la saisie' }}
        onChange={(event) => setPassword(event.currentTarget.value)} />
      {error !== null && !refused && <p className={classes.error} role="alert">{messageOf(error)}</p>}
      <Button type="submit" fullWidth loading={busy} disabled={!password} rightSection={<IconArrowRight size={20} stroke={STROKE} />}>{invited ? 'Ouvrir mon espace' : 'Enregistrer et continuer'}</Button>
    </form>
  )
}

function Closed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const status = error instanceof ApiError ? error.status : undefined
  if (status !== 404 && status !== 410) {
    return (
      <Message titre="Cette page ne répond pas" texte={messageOf(error)}>
        <Button fullWidth onClick={onRetry}>Réessayer</Button>
      </Message>
    )
  }
  return (
    <Message titre={status === 404 ? 'Ce lien n’est pas reconnu' : 'Ce lien ne sert plus'} texte={messageOf(error)}>
      <Button fullWidth component={Link} to="/oubli" leftSection={<IconMail size={20} stroke={STROKE} />}>Recevoir un nouveau lien</Button>
      <Button fullWidth variant="outline" component={Link} to="/connexion">Me connecter</Button>
    </Message>
  )
}

/** A page of its own: one card in the middle of the window. */
function Alone({ titre, children }: { titre: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${titre} · eLaska`
  }, [titre])
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Logo />
        {children}
      </div>
    </main>
  )
}

/** What has just been answered: read aloud, and where the keyboard goes on from. */
function Message({ titre, texte, children }: { titre: string; texte: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={classes.message} role="status">
      <h1 ref={heading} tabIndex={-1}>{titre}</h1>
      <p>{texte}</p>
      {children}
    </div>
  )
}
