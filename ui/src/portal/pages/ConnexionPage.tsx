import { Link } from '@tanstack/react-router'
import { LoginPage } from '@shared/pages/LoginPage'

/** Login of clients. */
export const ConnexionPage = () => (
  <LoginPage
    titre="Bienvenue"
    sousTitre="Connectez-vous pour suivre vos démarches."
    aide={
      <>
        <p><Link to="/oubli">Mot de passe oublié ?</Link></p>
        <p>Première visite ? Votre conseiller vous ouvre l’accès : vous recevez un email pour choisir votre mot de passe.</p>
      </>
    }
  />
)
