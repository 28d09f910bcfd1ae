import { Loader, MultiSelect, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@shared/api/http'
import { NBSP } from '@shared/format'
import { tiersQuery } from '../api/queries'
import { CommandDialog, type FieldErrors } from './CommandDialog'
import { toastDone } from './toasts'

const LONGEST = 300

/** A client who is told too. */
export interface Autre {
  value: string
  label: string
}

interface Props {
  exemple: string
  /** The client it is for, when others may be told the same. */
  tiers?: string
  onSend: (texte: string, key: string, autres: Autre[]) => Promise<unknown>
  onClose: () => void
}

/** A notification in one's own words, about a démarche or not (NOT-14). */
export function NotificationDialog({ exemple, tiers, onSend, onClose }: Props) {
  const [chosen, setChosen] = useState<Autre[]>([])
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
            rows={3}
            maxLength={LONGEST}
            value={texte}
            onChange={(event) => setTexte(event.currentTarget.value)}
            error={errors.texte}
            placeholder={exemple}
            description={`Chaque personne du client la lit dans sa cloche, et la reçoit sur son appareil ou par email selon ses choix. ${texte.length}${NBSP}sur${NBSP}${LONGEST}.`}
            data-autofocus
          />
          {tiers && <Autres sauf={tiers} chosen={chosen} onChange={setChosen} error={errors.autres} />}
        </>
      )}
    </CommandDialog>
  )
}

interface AutresProps {
  sauf: string
  chosen: Autre[]
  onChange: (chosen: Autre[]) => void
  /** Those who cannot be told. */
  error: string | undefined
}

/** Other clients, searched among all those of the firm. */
function Autres({ sauf, chosen, onChange, error }: AutresProps) {
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 250)
  const list = useQuery(tiersQuery(asked, 0, 30))
  const failure = list.error ? messageOf(list.error) : undefined
  const taken = new Set([sauf, ...chosen.map(({ value }) => value)])
  const found = (list.data?.items ?? []).filter(({ id }) => !taken.has(id)).map(({ id, nom }) => ({ value: id, label: nom }))
  // A list of choices must hold a choice (ARIA): what it lacks is told by one that cannot be made.
  const none = { value: '', label: list.isFetching ? 'Recherche…' : failure ?? 'Aucun autre client trouvé', disabled: true }
  return (
    <MultiSelect
      label="Aussi à"
      description="Chacun la reçoit à part, et ne sait pas qui d’autre l’a reçue."
      placeholder={chosen.length === 0 ? 'D’autres clients' : ''}
      data={[...chosen, ...(found.length > 0 ? found : [none])]}
      value={chosen.map(({ value }) => value)}
      onChange={(ids) => onChange([...chosen, ...found].filter(({ value }) => ids.includes(value)))}
      searchable
      searchValue={text}
      onSearchChange={setText}
      // The server has already searched, on more than the name.
      filter={({ options }) => options}
      clearable
      hidePickedOptions
      maxValues={99}
      rightSection={list.isFetching ? <Loader size={14} role="status" aria-label="Recherche" /> : undefined}
      error={error ?? failure}
      maxDropdownHeight={240}
    />
  )
}
