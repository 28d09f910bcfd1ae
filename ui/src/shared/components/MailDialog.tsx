import { useQuery } from '@tanstack/react-query'
import { courrielQuery } from '../api/queries'
import { moment } from '../format'
import { Dialog } from './Dialog'
import classes from './MailDialog.module.css'
import { ErrorState, SkeletonRows } from './States'

const etats: Record<string, string> = {
  fait: 'Envoyé', echec: 'Non remis', non_remis: 'Non remis', incertain: 'Envoi incertain', en_attente: 'En attente', en_cours: 'En cours d’envoi', retenu: 'Retenu', annule: 'Annulé',
}

interface Props {
  demarcheId: string
  ligne: string
  onClose: () => void
}

/** A mail as it left (TL-09). */
export function MailDialog({ demarcheId, ligne, onClose }: Props) {
  const { data, error, refetch } = useQuery(courrielQuery(demarcheId, ligne))
  return (
    <Dialog opened onClose={onClose} title={data?.objet ?? 'Email'} size={640}>
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={28} />) : (
        <>
          <p className={classes.meta}>
            {etats[data.etat] ?? 'Envoyé'} à {data.a}{data.envoye_le && `, ${moment(data.envoye_le)}`}
            {data.erreur && <span>{data.erreur}</span>}
          </p>
          <p className={classes.text}>{data.texte}</p>
        </>
      )}
    </Dialog>
  )
}
