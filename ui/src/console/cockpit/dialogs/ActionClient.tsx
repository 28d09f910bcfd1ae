import { SegmentedControl, Select, TagsInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { count } from '@shared/format'
import { useCommands } from '../../api/commands'
import { CommandDialog } from '../../components/CommandDialog'
import { DueField } from '../../components/DateField'
import { dayFromToday, instantOf } from '../../components/time'
import { toastDone } from '../../components/toasts'
import { peopleOf } from '../people'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

const natures = [
  { value: 'documents', label: 'Des documents' },
  { value: 'validation', label: 'Une validation' },
  { value: 'commentaire', label: 'Un commentaire' },
  { value: 'note', label: 'Une note' },
]

export function ActionClient({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const targets = peopleOf(demarche, ['client', 'tiers'])
  const [nature, setNature] = useState('documents')
  const [a, setA] = useState(targets[0]?.value ?? null)
  const [message, setMessage] = useState('')
  const [pieces, setPieces] = useState<string[]>([])
  // Once a name is taken, the names offered must not hide the rest of the window.
  const [offered, setOffered] = useState(false)
  const [date, setDate] = useState<string | null>(null)
  const [heure, setHeure] = useState('18:00')
  const listed = nature === 'documents' ? pieces : []
  return (
    <CommandDialog
      titre="Demander une Action Client"
      action="Envoyer la demande"
      onClose={onClose}
      check={() => ({ ...(message.trim() ? {} : { message: 'Dites ce que vous attendez.' }), ...(a ? {} : { a: 'Choisissez un destinataire.' }) })}
      onSubmit={async (key) => {
        await send({ chemin: '/actions', body: { nature, a, message: message.trim(), pieces: listed.map((titre) => ({ titre })), ...(date ? { due_at: instantOf(date, heure) } : {}) } }, key)
        toastDone('Demande envoyée')
      }}
    >
      {(errors) => (
        <>
          <div>
            <p className={classes.label} id="nature-action">Ce que vous attendez</p>
            <SegmentedControl fullWidth classNames={{ root: classes.natures }} aria-labelledby="nature-action" data={natures} value={nature} onChange={setNature} />
          </div>
          <Select label="De qui" data={targets} value={a} onChange={setA} allowDeselect={false} error={errors.a} required />
          <Textarea label="Message" required rows={4} maxLength={5000} value={message} onChange={(event) => setMessage(event.currentTarget.value)} error={errors.message} placeholder="Bonjour, pouvez-vous nous transmettre…" data-autofocus />
          {nature === 'documents' && (
            <TagsInput
              label="Liste des documents"
              description={listed.length === 0 ? 'Facultatif. Avec une liste, le client dépose chaque document à part et vous validez chacun ; sans liste, il répond en une fois.' : `${count(listed.length, 'document demandé', 'documents demandés')}, chacun à valider une fois déposé.`}
              placeholder={listed.length === 0 ? '3 dernières quittances de loyer, puis Entrée' : 'Un autre document'}
              data={demarche.pieces_connues}
              value={pieces}
              onChange={(list) => {
                setPieces(list)
                setOffered(false)
              }}
              dropdownOpened={offered}
              onDropdownOpen={() => setOffered(true)}
              onDropdownClose={() => setOffered(false)}
              onSearchChange={(text) => setOffered(text !== '')}
              maxTags={30}
              splitChars={['\n', ';']}
              error={errors.pieces}
            />
          )}
          <DueField label="Avant le" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.due_at} min={dayFromToday(0)} />
        </>
      )}
    </CommandDialog>
  )
}
