import { Button } from '@mantine/core'
import { IconFileCheck, IconForms } from '@tabler/icons-react'
import type { DemarcheView } from '@shared/api/types'
import { count, shortDate } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { stamp } from '../components/time'
import { Strip } from './Banner'
import type { CockpitDialog } from './dialogs'
import { can } from './droits'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
}

/** Forms sent back: those awaited, and those that came back and await our decision. */
export function Corrections({ demarche, onDialog }: Props) {
  const now = useNow()
  const { run } = useCommands(demarche.id)
  if (demarche.cycle !== 'ouverte') return null
  const icon = { size: 20, stroke: STROKE, 'aria-hidden': true }
  return demarche.corrections.map((correction) => {
    const { formulaire, titre, statut } = correction
    if (statut === 'a_verifier') {
      return (
        <Strip
          key={formulaire}
          ton="cabinet"
          icone={<IconFileCheck {...icon} />}
          titre={`Correction à vérifier : ${titre}`}
          texte={`Reçue de ${correction.sent_by ?? correction.a_nom}${correction.sent_at ? ` ${stamp(correction.sent_at, now)}` : ''}, ${count(correction.changements.length, 'champ modifié', 'champs modifiés')}.`}
        >
          {can(demarche, 'demarche.commander') && <Button onClick={() => onDialog({ type: 'verification', nom: formulaire })}>Vérifier…</Button>}
        </Strip>
      )
    }
    if (statut !== 'a_corriger') return null
    return (
      <Strip
        key={formulaire}
        ton="client"
        icone={<IconForms {...icon} />}
        titre={`À corriger par ${correction.a_nom} : ${titre}`}
        texte={`${correction.champs.map(({ libelle }) => libelle).join(', ')}${correction.due_at ? `, avant le ${shortDate(correction.due_at)}` : ''}.`}
      >
        {can(demarche, 'demarche.commander') && <Button variant="default" onClick={() => void run({ chemin: `/actions/${correction.action}/annulation`, body: { motif: 'La correction n’est plus nécessaire.' } }, { dit: 'Demande de correction levée' })}>Ne plus la demander</Button>}
      </Strip>
    )
  })
}
