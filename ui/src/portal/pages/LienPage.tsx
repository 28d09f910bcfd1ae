import { Button } from '@mantine/core'
import '@shared/theme/composants.css'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { IconArrowRight, IconMail, IconShieldCheck } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import { Logo } from '@shared/components/Logo'
import { STROKE } from '@shared/icons'
import classes from './LienPage.module.css'

type State = { nom: 'pret' } | { nom: 'perime'; message: string; renouvelable: boolean } | { nom: 'renvoye' } | { nom: 'inconnu'; message: string }

/**
 * Landing of the secure link a participant receives. The link opens a session only by this button: mail scanners
 * follow addresses, and would use it up.
 */
export function LienPage() {
  const { token } = useParams({ strict: false }) as { token: string }
  const client = useQueryClient()
  const navigate = useNavigate()
  const [state, setState] = useState<State>({ nom: 'pret' })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    document.title = 'Votre accès · eLaska'
  }, [])

  const run = async (action: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await action()
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 410) setState({ nom: 'perime', message: failure.message, renouvelable: failure.code !== 'lien_revoque' })
      else if (failure instanceof ApiError && failure.status === 404) setState({ nom: 'inconnu', message: failure.message })
      else setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }
  const enter = (): Promise<void> =>
    run(async () => {
      await call('POST', `/api/liens/${encodeURIComponent(token)}`)
      client.clear()
      await navigate({ to: '/invite' })
    })
  const renew = (): Promise<void> =>
    run(async () => {
      await call('POST', `/api/liens/${encodeURIComponent(token)}/renouvellement`)
      setState({ nom: 'renvoye' })
    })

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Logo />
        {state.nom === 'pret' && (
          <Message titre="Bienvenue" texte="Ce lien personnel ouvre votre espace : vous pourrez y compléter vos informations et y déposer vos documents, en quelques minutes.">
            <Button fullWidth loading={busy} rightSection={<IconArrowRight size={20} stroke={STROKE} />} onClick={() => void enter()}>Continuer</Button>
            <p className={classes.note}><IconShieldCheck size={20} stroke={STROKE} aria-hidden />Vos documents sont chiffrés. Seules les personnes qui suivent ce dossier les voient.</p>
          </Message>
        )}
        {state.nom === 'perime' && (
          <Message titre="Ce lien ne sert plus" texte={state.message}>
            {state.renouvelable && <Button fullWidth loading={busy} leftSection={<IconMail size={20} stroke={STROKE} />} onClick={() => void renew()}>Recevoir un nouveau lien</Button>}
          </Message>
        )}
        {state.nom === 'renvoye' && (
          <Message titre="Regardez votre messagerie" texte="Si votre accès est toujours ouvert, un nouveau lien vient de partir à votre adresse. Il arrive en général en moins d’une minute." />
        )}
        {state.nom === 'inconnu' && (
          <Message titre="Ce lien n’est pas reconnu" texte="Vérifiez que vous l’avez ouvert en entier depuis le dernier message reçu, ou contactez la personne qui vous l’a envoyé." />
        )}
        {error && <p className={classes.error} role="alert">{error}</p>}
      </div>
    </main>
  )
}

function Message({ titre, texte, children }: { titre: string; texte: string; children?: ReactNode }) {
  return (
    <div className={classes.message} role="status">
      <h1>{titre}</h1>
      <p>{texte}</p>
      {children}
    </div>
  )
}
