import { Button, CopyButton, Modal, TextInput } from '@mantine/core'
import { IconFileExport, IconLink } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { DemarcheView } from '@shared/api/types'
import Collections from '@shared/collections/Collections'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { toastFailure } from '../components/toasts'
import classes from './Compte.module.css'

/** Contextual tab of a modèle that keeps lines: account and payments of a recovery, comparison of subscriptions (DOS-11). */
export function Compte({ demarche }: { demarche: DemarcheView }) {
  const { run } = useCommands(demarche.id)
  const [link, setLink] = useState<string | null>(null)
  const statement = demarche.documents_possibles.find(({ cle }) => cle === 'situation')
  const makeLink = async (): Promise<void> => {
    try {
      setLink((await call<{ url: string }>('POST', `/api/demarches/${demarche.id}/lien-paiement`, { body: {} })).url)
    } catch (error) {
      toastFailure(error)
    }
  }
  const bar = demarche.paiement || statement
  return (
    <div className={classes.page}>
      {bar && (
        <div className={classes.bar}>
          {statement && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconFileExport size={16} stroke={STROKE} />}
              onClick={() => void run({ chemin: '/documents', body: { document: 'situation' } }, { dit: 'La situation de compte se prépare. Vous la trouverez dans « Documents ».' })}
            >
              Exporter la Situation de Compte
            </Button>
          )}
          {demarche.paiement && (
            <Button variant="default" size="xs" leftSection={<IconLink size={16} stroke={STROKE} />} onClick={() => void makeLink()}>Lien de paiement…</Button>
          )}
        </div>
      )}
      <Collections demarche={demarche} onError={toastFailure} />
      <Modal opened={link !== null} onClose={() => setLink(null)} title="Lien de paiement du débiteur">
        <p>Ce lien montre au débiteur ce qu’il doit et lui permet de payer. Ne l’envoyez qu’à lui.</p>
        <TextInput className={classes.link} label="Adresse" readOnly value={link ?? ''} onFocus={(event) => event.currentTarget.select()} />
        <CopyButton value={link ?? ''}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copié' : 'Copier le lien'}</Button>}
        </CopyButton>
      </Modal>
    </div>
  )
}
