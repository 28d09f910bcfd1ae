import { lazy, Suspense } from 'react'
import type { EvenementView } from '@shared/api/types'
import { Dialog } from '@shared/components/Dialog'
import Exports from '@shared/demarche/Exports'
import { ActionClient } from './ActionClient'
import { MarquerDialog, VerificationDialog } from './corrections'
import { Precision, Prix, ValiderDemande } from './demande'
import { NouveauSms, NouvelAppel, NouvelEmail, NouvelleNotification } from './echanges'
import { Reaffecter, Renfort } from './equipe'
import { EtapeDialog } from './EtapeDialog'
import { Constater, DateCle } from './evenements'
import { Formulaire } from './Formulaire'
import { NouvelleTache } from './NouvelleTache'
import { NouvellePiece, ProduireDocument } from './pieces'
import { AjouterEtapeDialog, DeplacerEtapeDialog, NommerPieceDialog } from './PlaceDialogs'
import type { DialogProps } from './props'
import { Reason } from './Reason'

const ScenarioDialog = lazy(() => import('../../modeles/ScenarioDialog').then((found) => ({ default: found.ScenarioDialog })))

/** Every window that the cockpit may open. */
export type CockpitDialog =
  | { type: 'tache' | 'notification' | 'action' | 'piece' | 'document' | 'prix' | 'equipe' | 'renfort' | 'suspension' | 'annulation' | 'precision' | 'valider' | 'refus' | 'export' | 'scenario' | 'ajouter' }
  | { type: 'appel'; avec?: string }
  | { type: 'courriel' | 'sms'; a?: string }
  | { type: 'date'; champ: string }
  | { type: 'passer' | 'revenir' | 'regler' | 'deplacer'; etape: string }
  | { type: 'dispense' | 'nommer'; piece: string }
  | { type: 'revocation'; cle: string }
  | { type: 'formulaire'; nom: string; etape: string }
  | { type: 'evenement'; evenement: EvenementView }
  | { type: 'marquer' | 'verification'; nom: string }

export function CockpitDialogs({ demarche, dialog, onClose }: DialogProps & { dialog: CockpitDialog }) {
  const props = { demarche, onClose }
  switch (dialog.type) {
    case 'tache': return <NouvelleTache {...props} />
    case 'appel': return <NouvelAppel {...props} avec={dialog.avec} />
    case 'courriel': return <NouvelEmail {...props} a={dialog.a} />
    case 'sms': return <NouveauSms {...props} a={dialog.a} />
    case 'notification': return <NouvelleNotification {...props} />
    case 'action': return <ActionClient {...props} />
    case 'piece': return <NouvellePiece {...props} />
    case 'document': return <ProduireDocument {...props} />
    case 'prix': return <Prix {...props} />
    case 'valider': return <ValiderDemande {...props} />
    case 'equipe': return <Reaffecter {...props} />
    case 'renfort': return <Renfort {...props} />
    case 'precision': return <Precision {...props} />
    case 'date': return <DateCle {...props} champ={dialog.champ} />
    case 'evenement': return <Constater {...props} evenement={dialog.evenement} />
    case 'formulaire': return <Formulaire {...props} nom={dialog.nom} etape={dialog.etape} />
    case 'regler': {
      const etape = demarche.etapes.find(({ cle }) => cle === dialog.etape)
      return etape?.reglage ? <EtapeDialog {...props} etape={etape} reglage={etape.reglage} /> : null
    }
    case 'ajouter': return <AjouterEtapeDialog {...props} />
    case 'deplacer': {
      const etape = demarche.etapes.find(({ cle }) => cle === dialog.etape)
      return etape ? <DeplacerEtapeDialog {...props} etape={etape} /> : null
    }
    case 'nommer': {
      const piece = demarche.pieces.find(({ id }) => id === dialog.piece)
      return piece ? <NommerPieceDialog {...props} piece={piece} /> : null
    }
    case 'export': return <Dialog opened onClose={onClose} title="Exporter en PDF" size={640}><Exports demarcheId={demarche.id} /></Dialog>
    case 'scenario': return <Suspense><ScenarioDialog modele={demarche.modele} reference={demarche.reference} onClose={onClose} /></Suspense>
    case 'marquer': return <MarquerDialog {...props} nom={dialog.nom} />
    case 'verification': return <VerificationDialog {...props} nom={dialog.nom} />
    default: return <Reason {...props} dialog={dialog} />
  }
}
