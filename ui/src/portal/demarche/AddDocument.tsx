import { Button, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Deposit } from '@shared/components/Deposit'
import { Dialog } from '@shared/components/Dialog'
import { STROKE } from '@shared/icons'
import classes from './Demarche.module.css'

const FORMATS = ['pdf', 'jpg', 'png', 'webp']
const MAX_MO = 10

/** A document that nobody asked for (GED-05): named first, then deposited like any other. */
export function AddDocument({ demarcheId }: { demarcheId: string }) {
  const client = useQueryClient()
  const [opened, setOpened] = useState(false)
  const [titre, setTitre] = useState('')
  const close = (): void => {
    setOpened(false)
    setTitre('')
  }
  const name = titre.trim()
  return (
    <>
      <Button variant="light" leftSection={<IconPlus size={20} stroke={STROKE} />} onClick={() => setOpened(true)} className={classes.addTask}>Ajouter un document</Button>
      <Dialog opened={opened} onClose={close} title="Ajouter un document">
        <div className={classes.modal}>
          <p className={classes.muted}>Un document utile que nous n’avons pas demandé : nous le vérifions comme les autres.</p>
          <TextInput label="Quel est ce document ?" placeholder="Diplôme, permis de conduire…" required maxLength={200} value={titre} onChange={(event) => setTitre(event.currentTarget.value)} data-autofocus />
          {name !== '' && (
            <Deposit
              titre={name}
              chemin={`/api/demarches/${demarcheId}/pieces-libres/depots`}
              champs={{ titre: name }}
              formats={FORMATS}
              tailleMaxMo={MAX_MO}
              onDone={() => void client.invalidateQueries()}
            />
          )}
        </div>
      </Dialog>
    </>
  )
}
