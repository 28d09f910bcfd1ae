import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { CommandDialog, type FieldErrors } from './CommandDialog'
import { toastDone } from './toasts'

const LONGEST = 300

interface Props {
  exemple: string
  onSend: (texte: string, key: string) => Promise<unknown>
  onClose: () => void
}

/** A notification in one's own words, about a démarche or not (NOT-14). */
export function NotificationDialog({ exemple, onSend, onClose }: Props) {
  const [texte, setTexte] = useState('')
  return (
    <CommandDialog
      titre="Écrire une notification"
      action="Prévenir le client"
      onClose={onClose}
      check={(): FieldErrors => (texte.trim() ? {} : { texte: 'Écrivez ce que le client doit savoir.' })}
      onSubmit={async (key) => {
        await onSend(texte.trim(), key)
        toastDone('Client prévenu')
      }}
    >
      {(errors) => (
        <Textarea
          label="Texte"
          required
          minRows={3}
          maxLength={LONGEST}
          value={texte}
          onChange={(event) => setTexte(event.currentTarget.value)}
          error={errors.texte}
          placeholder={exemple}
          description={`Chaque personne du client la lit dans sa cloche, et la reçoit sur son appareil ou par e-mail selon ses choix. ${texte.length} sur ${LONGEST}.`}
          data-autofocus
        />
      )}
    </CommandDialog>
  )
}
