import { Link } from '@tanstack/react-router'
import { NotFoundPage } from '@shared/pages/NotFoundPage'

export function PortalNotFound() {
  return <NotFoundPage retour={<Link to="/">Retour à l’accueil</Link>} />
}
