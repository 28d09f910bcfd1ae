import { EmptyState, ErrorState } from '../components/States'
import classes from './Viewer.module.css'

interface Props {
  url: string
  nom: string
  error?: Error | null
  onRetry?: () => void
}

/** In place of a file that cannot be shown here: it is downloaded, or asked for again when it did not come. */
export function Unreadable({ url, nom, error, onRetry }: Props) {
  return (
    <div className={classes.ground}>
      {error && onRetry ? <ErrorState error={error} onRetry={onRetry} />
        : <EmptyState action={<a href={`${url}?telecharger=1`} download={nom}>Télécharger {nom}</a>}>Aperçu indisponible.</EmptyState>}
    </div>
  )
}
