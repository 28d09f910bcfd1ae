import { Button, CopyButton, TextInput } from '@mantine/core'
import { IconFileExport, IconLink, IconListNumbers, IconMail, IconMessage2, IconPhone } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { DemarcheView } from '@shared/api/types'
import { Dialog } from '@shared/components/Dialog'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { toastFailure } from '../components/toasts'
import classes from './Compte.module.css'
import type { CockpitDialog } from './dialogs'
import { PLAN } from './PlanRelance'
import { can, isWorking, underWay } from './droits'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
}

const icone = { size: 16, stroke: STROKE }

/** « Communiquer »: write to the debtor, call, see the plan of reminders; payment link and statement of account (REC-07, REC-22, REC-28). */
export function BarreCompte({ demarche, onDialog }: Props) {
  const { run } = useCommands(demarche.id)
  const [link, setLink] = useState<string | null>(null)
  const statement = demarche.documents_possibles.some(({ cle }) => cle === 'situation')
  const debtor = demarche.participants.find(({ revoked }) => !revoked)
  const talking = isWorking(demarche) && demarche.paiement
  const makeLink = async (): Promise<void> => {
    try {
      setLink((await call<{ url: string }>('POST', `/api/demarches/${demarche.id}/lien-paiement`, { body: {} })).url)
    } catch (error) {
      toastFailure(error)
    }
  }
  // Over, it claims nothing more: what is paid then would not be recorded here.
  const claiming = underWay(demarche)
  if (!talking && !(claiming && demarche.paiement) && !(statement && isWorking(demarche))) return null
  return (
    <div className={classes.bar} role="group" aria-label="Communiquer">
      {talking && (
        <>
          {debtor && <Button variant="default" size="xs" leftSection={<IconMail {...icone} />} onClick={() => onDialog({ type: 'courriel', a: debtor.cle })}>EMAIL</Button>}
          <Button variant="default" size="xs" leftSection={<IconPhone {...icone} />} onClick={() => onDialog({ type: 'appel', avec: debtor?.nom })}>APPEL TÉLÉPHONIQUE</Button>
          {debtor && <Button variant="default" size="xs" leftSection={<IconMessage2 {...icone} />} onClick={() => onDialog({ type: 'sms', a: debtor.cle })}>SMS</Button>}
        </>
      )}
      {claiming && demarche.plan_relance.length > 0 && (
        <Button variant="default" size="xs" leftSection={<IconListNumbers {...icone} />} onClick={() => document.getElementById(PLAN)?.focus()}>PLAN DE RELANCE</Button>
      )}
      {claiming && demarche.paiement && can(demarche, 'paiement.lien') && (
        <Button variant="default" size="xs" leftSection={<IconLink {...icone} />} onClick={() => void makeLink()}>Lien de paiement…</Button>
      )}
      {statement && isWorking(demarche) && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconFileExport {...icone} />}
          onClick={() => void run({ chemin: '/documents', body: { document: 'situation' } }, { dit: 'La situation de compte se prépare. Vous la trouverez dans « Documents ».' })}
        >
          Exporter la Situation de Compte
        </Button>
      )}
      <Dialog opened={link !== null} onClose={() => setLink(null)} title="Lien de paiement du débiteur">
        <p>Ce lien montre au débiteur ce qu’il doit et lui permet de payer. Ne l’envoyez qu’à lui.</p>
        <TextInput className={classes.link} label="Adresse" readOnly value={link ?? ''} onFocus={(event) => event.currentTarget.select()} />
        <CopyButton value={link ?? ''}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copié' : 'Copier le lien'}</Button>}
        </CopyButton>
      </Dialog>
    </div>
  )
}
