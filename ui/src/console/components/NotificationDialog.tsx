import { MultiSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import { CommandDialog, type FieldErrors } from './CommandDialog'
import { toastDone } from './toasts'

const LONGEST = 300

interface Props {
  exemple: string
  /** Other clients who may be told the same, by id. */
  autres?: { value: string; label: string }[]
  onSend: (texte: string, key: string, autres: string[]) => Promise<unknown>
  onClose: () => void
}

/** A notification in one's own words, about a démarche or not (NOT-14). */
export function NotificationDialog({ exemple, autres, onSend, onClose }: Props) {
  const [chosen, setChosen] = useState<string[]>([])
  const [texte, setTexte] = useState('')
  return (
    <CommandDialog
      titre="Écrire une notification"
      action={chosen.length > 0 ? `Prévenir ${chosen.length + 1} clients` : 'Prévenir le client'}
      onClose={onClose}
      check={(): FieldErrors => (texte.trim() ? {} : { texte: 'Écrivez ce que le client doit savoir.' })}
      onSubmit={async (key) => {
        await onSend(texte.trim(), key, chosen)
        toastDone(chosen.length > 0 ? `${chosen.length + 1} clients prévenus` : 'Client prévenu')
      }}
    >
      {(errors) => (
        <>
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
          {autres && autres.length > 0 && (
            <MultiSelect
              label="Aussi à"
              description="Chacun la reçoit à part, et ne sait pas qui d’autre l’a reçue."
              placeholder={chosen.length === 0 ? 'D’autres clients' : ''}
              data={autres}
              value={chosen}
              onChange={setChosen}
              searchable
              clearable
              hidePickedOptions
              maxDropdownHeight={240}
            />
          )}
        </>
      )}
    </CommandDialog>
  )
}
