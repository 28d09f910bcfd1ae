import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCommands } from '../../api/commands'
import { CommandDialog, type FieldErrors } from '../../components/CommandDialog'
import { DueField } from '../../components/DateField'
import { dayFromToday, instantOf } from '../../components/time'
import { toastDone } from '../../components/toasts'
import { peopleOf } from '../people'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

export function NouvelleTache({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const [titre, setTitre] = useState('')
  const [pour, setPour] = useState(demarche.roles.find(({ side }) => side === 'cabinet')?.cle ?? null)
  const [description, setDescription] = useState('')
  const [checklist, setChecklist] = useState('')
  const [date, setDate] = useState<string | null>(null)
  const [heure, setHeure] = useState('18:00')
  const [urgente, setUrgente] = useState(false)
  const [facturable, setFacturable] = useState(false)
  const [obligatoire, setObligatoire] = useState(false)
  return (
    <CommandDialog
      titre="Nouvelle Tâche"
      action="Créer la tâche"
      onClose={onClose}
      check={(): FieldErrors => (titre.trim() ? {} : { titre: 'Donnez un titre à la tâche.' })}
      onSubmit={async (key) => {
        await send({
          chemin: '/taches',
          body: {
            titre: titre.trim(),
            pour,
            ...(description.trim() ? { description: description.trim() } : {}),
            checklist: checklist.split('\n').map((line) => line.trim()).filter(Boolean),
            ...(date ? { due_at: instantOf(date, heure) } : {}),
            priorite: urgente ? 'urgente' : 'normale',
            facturable,
            obligatoire,
          },
        }, key)
        toastDone('Tâche créée')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Titre" required maxLength={200} value={titre} onChange={(event) => setTitre(event.currentTarget.value)} error={errors.titre} data-autofocus />
          <Select label="Confiée à" data={peopleOf(demarche)} value={pour} onChange={setPour} allowDeselect={false} error={errors.pour} />
          <DueField label="Échéance" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.due_at} min={dayFromToday(0)} />
          <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} rows={2} />
          <Textarea label="Checklist" description="Une ligne par point à cocher." value={checklist} onChange={(event) => setChecklist(event.currentTarget.value)} rows={2} error={errors.checklist} />
          <div className={classes.boxes}>
            <Checkbox label="Urgent" checked={urgente} onChange={(event) => setUrgente(event.currentTarget.checked)} />
            <Checkbox label="Facturable" checked={facturable} onChange={(event) => setFacturable(event.currentTarget.checked)} />
            <Checkbox label="Nécessaire pour valider l’étape" checked={obligatoire} onChange={(event) => setObligatoire(event.currentTarget.checked)} />
          </div>
          <p className={classes.hint}>{obligatoire ? 'L’étape en cours attend cette tâche. ' : ''}Les autres tâches, les relances, les documents et les emails en attente ne changent pas.</p>
        </>
      )}
    </CommandDialog>
  )
}
