import type { ReactNode } from 'react'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { count, de } from '@shared/format'
import { useCommands } from '../../api/commands'
import type { CockpitDialog } from './index'
import type { DialogProps } from './props'

/** Commands that only ask for a reason. */
export function Reason({ demarche, dialog, onClose }: DialogProps & { dialog: Exclude<CockpitDialog, { type: 'date' | 'formulaire' | 'evenement' | 'marquer' | 'verification' | 'appel' | 'courriel' | 'sms' }> }) {
  const { send } = useCommands(demarche.id)
  const etape = 'etape' in dialog ? demarche.etapes.find(({ cle }) => cle === dialog.etape) : undefined
  const piece = 'piece' in dialog ? demarche.pieces.find(({ id }) => id === dialog.piece) : undefined
  const participant = 'cle' in dialog ? demarche.participants.find(({ cle }) => cle === dialog.cle) : undefined
  const openTasks = demarche.compteurs.taches_ouvertes
  const tasks = count(openTasks, 'tâche ouverte', 'tâches ouvertes')
  const asks: Partial<Record<CockpitDialog['type'], { titre: string; action: string; chemin: string; body?: object; texte: ReactNode; propositions?: string[]; danger?: boolean; sansMotif?: boolean; lu?: boolean }>> = {
    suspension: {
      titre: 'Suspendre la démarche', action: 'Suspendre', chemin: '/suspension', lu: true,
      texte: <p>{openTasks === 0 ? 'Aucune tâche n’est ouverte' : `${tasks} ${openTasks > 1 ? 'sont mises' : 'est mise'} en pause`}, les délais et les relances s’arrêtent, les emails en attente sont retenus, les documents restent. Tout reprend où vous l’aurez laissé.</p>,
      propositions: ['À la demande du client', 'En attente d’une décision extérieure'],
    },
    annulation: {
      titre: 'Annuler la démarche', action: 'Annuler la démarche', chemin: '/annulation', danger: true, lu: true,
      texte: <p>{openTasks === 0 ? 'Aucune tâche n’est ouverte' : `${tasks} ${openTasks > 1 ? 'sont abandonnées' : 'est abandonnée'}`}, les relances s’arrêtent, les emails en attente ne partent pas, les liens des participants sont retirés. Les documents et l’historique restent. Cela ne se défait pas.</p>,
      propositions: ['Le client renonce', 'Démarche ouverte par erreur'],
    },
    refus: {
      titre: 'Refuser la demande', action: 'Refuser la demande', chemin: '/refus', danger: true, lu: true,
      texte: <p>Le client est prévenu par email et lit ce motif dans son espace.</p>,
      propositions: ['Demande hors de notre champ', 'Informations insuffisantes', 'Demande en double'],
    },
    passer: {
      titre: `Passer l’étape « ${etape?.titre ?? ''} »`, action: 'Passer l’étape', chemin: `/etapes/${etape?.cle}/passage`, body: { visit: etape?.visit }, lu: true,
      texte: <p>Ses tâches ouvertes et ses pièces manquantes sont abandonnées, ses relances s’arrêtent, ses emails en attente ne partent pas. Les documents déjà produits restent, et la démarche continue.</p>,
      propositions: ['Déjà fait par le client', 'Sans objet pour ce dossier'],
    },
    revenir: {
      titre: `Revenir à l’étape « ${etape?.titre ?? ''} »`, action: 'Revenir à cette étape', chemin: `/etapes/${etape?.cle}/retour`, lu: true,
      texte: <p>Cette étape et les suivantes sont à refaire : leurs tâches ouvertes sont remplacées, leurs relances repartent de zéro, leurs emails en attente ne partent pas, les documents produits depuis sont à refaire. Les pièces validées et l’historique restent.</p>,
    },
    dispense: {
      titre: `Ne plus demander « ${piece?.titre ?? ''} »`, action: 'Ne plus la demander', chemin: `/pieces/${piece?.id}/dispense`, lu: true,
      texte: <p>La pièce devient sans objet : elle ne bloque plus l’étape et n’est plus relancée.</p>,
      propositions: ['Déjà au dossier', 'Non nécessaire dans ce cas'],
    },
    revocation: {
      titre: `Retirer l’accès ${de(participant?.nom ?? '')}`, action: 'Retirer l’accès', chemin: `/participants/${participant?.cle}/revocation`, danger: true, sansMotif: true,
      texte: <p>Son lien ne s’ouvre plus, tout de suite. Vous pourrez lui en envoyer un autre.</p>,
    },
  }
  const ask = asks[dialog.type]
  if (!ask) return null
  return (
    <ConfirmDialog
      ouvert
      onClose={onClose}
      titre={ask.titre}
      action={ask.action}
      danger={ask.danger ?? false}
      {...(ask.sansMotif ? {} : { motif: { libelle: ask.lu ? 'Motif, lu par le client' : 'Motif', propositions: ask.propositions ?? [] } })}
      onConfirm={(motif) => send({ chemin: ask.chemin, body: { ...ask.body, ...(ask.sansMotif ? {} : { motif }) } })}
    >
      {ask.texte}
    </ConfirmDialog>
  )
}
