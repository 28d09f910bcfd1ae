import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { LoginPage } from '@shared/pages/LoginPage'

/** Login of clients. */
export function ConnexionPage() {
  const client = useQueryClient()
  const router = useRouter()
  const { retour } = useSearch({ strict: false })
  return (
    <LoginPage
      titre="Bienvenue"
      sousTitre="Connectez-vous pour suivre vos démarches."
      aide={<p>Mot de passe oublié, ou première visite ? Appelez votre conseiller, il vous ouvre l’accès.</p>}
      onDone={() => {
        client.clear()
        void router.navigate({ href: retour ?? '/' })
      }}
    />
  )
}
