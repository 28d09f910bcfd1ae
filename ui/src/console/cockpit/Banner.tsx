import { Button } from '@mantine/core'
import { IconBan, IconHelpCircle, IconInbox, IconPlayerPause, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { DemarcheView } from '@shared/api/types'
import { de, shortDate } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { stamp } from '../components/time'
import classes from './Banner.module.css'
import type { CockpitDialog } from './dialogs'
import { can } from './droits'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
}

/** What is special about this démarche now, and what can be done about it: a request to study, a pause, an end. */
export function Banner({ demarche, onDialog }: Props) {
  const now = useNow()
  const { run } = useCommands(demarche.id)
  const icon = { size: 20, stroke: STROKE, 'aria-hidden': true }
  if (demarche.cycle === 'suspendue') {
    return (
      <Strip ton="neutre" icone={<IconPlayerPause {...icon} />} titre={`Suspendue${demarche.suspended_at ? ` depuis le ${shortDate(demarche.suspended_at)}` : ''}`} texte={demarche.motif ?? 'Les délais sont arrêtés, rien n’est envoyé.'}>
        {can(demarche, 'demarche.piloter') && <Button onClick={() => void run({ chemin: '/reprise' }, { dit: 'Démarche reprise' })}>Reprendre la démarche</Button>}
      </Strip>
    )
  }
  if (demarche.cycle === 'annulee') return <Strip ton="neutre" icone={<IconBan {...icon} />} titre="Démarche annulée" texte={demarche.motif ?? ''} />
  if (demarche.cycle === 'refusee') return <Strip ton="probleme" icone={<IconX {...icon} />} titre="Demande refusée" texte={demarche.motif ?? ''} />
  if (demarche.phase !== 'demande' || demarche.cycle !== 'ouverte') return null

  const question = demarche.actions.find((action) => action.nature === 'information' && action.statut === 'attente_client')
  const answered = demarche.actions.findLast((action) => action.nature === 'information' && action.reponse)
  return (
    <Strip
      ton={question ? 'client' : 'cabinet'}
      icone={question ? <IconHelpCircle {...icon} /> : <IconInbox {...icon} />}
      titre={question ? `Précision demandée à ${question.a_nom}` : `Demande ${de(demarche.client_nom)}, reçue ${stamp(demarche.opened_at, now)}`}
      texte={question ? question.message : answered?.reponse ? `Réponse ${de(answered.answered_by ?? answered.a_nom)} : ${answered.reponse}` : 'Étudiez la demande, puis validez-la pour ouvrir le dossier.'}
    >
      {can(demarche, 'demande.decider') && (
        <>
          {demarche.statut.cle === 'recue' && <Button variant="default" onClick={() => void run({ chemin: '/prise-en-charge' }, { dit: 'Demande prise en charge' })}>Prendre en charge</Button>}
          {!question && <Button variant="default" onClick={() => onDialog({ type: 'precision' })}>Demander une précision…</Button>}
          <Button variant="default" className={classes.refuse} onClick={() => onDialog({ type: 'refus' })}>Refuser…</Button>
          <Button onClick={() => onDialog({ type: 'valider' })}>Valider la demande…</Button>
        </>
      )}
    </Strip>
  )
}

/** One line across the cockpit: what it is about, and its actions. */
export function Strip({ ton, icone, titre, texte, children }: { ton: string; icone: ReactNode; titre: string; texte: string; children?: ReactNode }) {
  return (
    <section className={classes.strip} data-ton={ton} aria-label={titre}>
      <span className={classes.icon}>{icone}</span>
      <div className={classes.text}>
        <p className={classes.title}>{titre}</p>
        {texte && <p>{texte}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </section>
  )
}
