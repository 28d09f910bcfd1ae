import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { count, NBSP } from '@shared/format'
import { drop, type Sending } from './queue'

/** Forgets what waited here to be sent, once its author has said so: it is nowhere else (PWA-02). */
export default function DropSending({ sending: { id, titre, fichiers }, onClose }: { sending: Sending; onClose: () => void }) {
  return (
    <ConfirmDialog ouvert danger titre={`Supprimer cet envoi${NBSP}?`} action="Supprimer l’envoi" onClose={onClose} onConfirm={() => drop(id)}>
      <p>
        «{NBSP}{titre}{NBSP}» ne nous a pas été envoyé et n’est gardé que sur cet appareil{fichiers.length > 0 && <>, avec {count(fichiers.length, 'fichier', 'fichiers')}</>}.
        Supprimé, il ne pourra pas être retrouvé.
      </p>
    </ConfirmDialog>
  )
}
