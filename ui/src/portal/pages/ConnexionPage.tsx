import { LoginPage } from '@shared/pages/LoginPage'

/** Login of clients. */
export const ConnexionPage = () => (
  <LoginPage
    titre="Bienvenue"
    sousTitre="Connectez-vous pour suivre vos démarches."
    aide={<p>Mot de passe oublié, ou première visite ? Appelez votre conseiller, il vous ouvre l’accès.</p>}
  />
)
