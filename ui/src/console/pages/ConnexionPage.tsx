import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { LoginPage } from '@shared/pages/LoginPage'

/** Login of the staff: the second factor is always asked. */
export function ConnexionPage() {
  const client = useQueryClient()
  const router = useRouter()
  const { retour } = useSearch({ strict: false })
  return (
    <LoginPage
      titre="Console du cabinet"
      sousTitre="Connectez-vous avec votre compte professionnel."
      onDone={() => {
        client.clear()
        void router.navigate({ href: retour ?? '/' })
      }}
    />
  )
}
