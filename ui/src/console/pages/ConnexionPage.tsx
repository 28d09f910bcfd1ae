import { LoginPage } from '@shared/pages/LoginPage'

/** Login of the staff: the second factor is always asked. */
export const ConnexionPage = () => (
  <LoginPage
    titre="Console du cabinet"
    sousTitre="Connectez-vous avec votre compte professionnel."
    aide={<p><a href="/oubli">Mot de passe oublié ?</a></p>}
  />
)
