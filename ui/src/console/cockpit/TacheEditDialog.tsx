import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { TacheView } from '@shared/api/types'
import { civilDay, hour } from '@shared/format'
import { useCommands } from '../api/commands'
import { CommandDialog } from '../components/CommandDialog'
import { DueField } from '../components/DateField'
import { instantOf } from '../components/time'
import { toastDone } from '../components/toasts'

/** « Modifier la tâche »: its words, its priority, whether it is invoiced, when it is meant to begin (TCH-04). */
export function TacheEditDialog({ demarcheId, tache, onClose }: { demarcheId: string; tache: TacheView; onClose: () => void }) {
  const { send } = useCommands(demarcheId)
  const [titre, setTitre] = useState(tache.titre)
  const [description, setDescription] = useState(tache.description ?? '')
  const [priorite, setPriorite] = useState(tache.priorite)
  const [facturable, setFacturable] = useState(tache.facturable)
  const [date, setDate] = useState<string | null>(tache.start_at ? civilDay(tache.start_at) : null)
  const [heure, setHeure] = useState(tache.start_at ? hour(tache.start_at) : '09:00')
  return (
    <CommandDialog
      titre="Modifier la tâche"
      action="Enregistrer"
      onClose={onClose}
      check={(): Record<string, string> => (titre.trim() ? {} : { titre: 'Donnez un titre.' })}
      onSubmit={async (key) => {
        await send({
          methode: 'PATCH',
          chemin: `/taches/${tache.id}`,
          body: { titre: titre.trim(), description, priorite, facturable, start_at: date ? instantOf(date, heure) : null, sans_debut: date === null },
        }, key)
        toastDone('Tâche modifiée')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Titre" required value={titre} maxLength={200} error={errors.titre} onChange={(event) => setTitre(event.currentTarget.value)} />
          <Textarea label="Description" rows={3} value={description} maxLength={5000} onChange={(event) => setDescription(event.currentTarget.value)} />
          <Select label="Priorité" allowDeselect={false} value={priorite} data={[{ value: 'normale', label: 'Normale' }, { value: 'urgente', label: 'Urgente' }]} onChange={(value) => value && setPriorite(value)} />
          <Checkbox label="Facturable" description="Le temps passé se facture." checked={facturable} onChange={(event) => setFacturable(event.currentTarget.checked)} />
          <DueField label="Date de début" date={date} heure={heure} onDate={setDate} onHeure={setHeure} />
        </>
      )}
    </CommandDialog>
  )
}
