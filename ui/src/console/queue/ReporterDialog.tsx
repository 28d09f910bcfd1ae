import { useState } from 'react'
import type { WorkItem } from '@shared/api/types'
import { civilDay, hour, Weekday } from '@shared/format'
import { useCommands } from '../api/commands'
import { Chips } from '../components/Chips'
import { CommandDialog } from '../components/CommandDialog'
import { DueField } from '../components/DateField'
import { dayFromToday, instantOf } from '../components/time'
import { toastDone } from '../components/toasts'

/** Monday of next week, in days from today. */
function toMonday(): number {
  const day = new Date(`${civilDay(Date.now())}T12:00:00Z`).getUTCDay()
  return ((8 - day) % 7) || 7
}

function proposals(): { cle: string; libelle: string }[] {
  const all = [
    { cle: dayFromToday(1), libelle: 'Demain' },
    { cle: dayFromToday(toMonday()), libelle: 'Lundi' },
    { cle: dayFromToday(7), libelle: 'Dans une semaine' },
  ]
  // On a Sunday, tomorrow is Monday; on a Monday, a week from now is one too.
  return all.filter(({ cle }, index) => all.findIndex((other) => other.cle === cle) === index)
}

/** « Reporter… »: another due date for a tâche. */
export function ReporterDialog({ item, onClose }: { item: Pick<WorkItem, 'demarche_id' | 'item_id' | 'label' | 'due_at'>; onClose: () => void }) {
  const [date, setDate] = useState<string | null>(dayFromToday(1))
  const [heure, setHeure] = useState(item.due_at ? hour(item.due_at) : '09:00')
  const { send } = useCommands(item.demarche_id)
  return (
    <CommandDialog
      titre={`Reporter « ${item.label} »`}
      action="Reporter"
      onClose={onClose}
      check={(): Record<string, string> => (date ? {} : { due_at: 'Choisissez une date.' })}
      onSubmit={async (key) => {
        if (!date) return
        await send({ chemin: `/taches/${item.item_id}/echeance`, body: { due_at: instantOf(date, heure) } }, key)
        toastDone(`Reportée à ${Weekday(date).toLowerCase()}, ${heure}`)
      }}
    >
      {(errors) => (
        <>
          <Chips premier nom="Propositions" options={proposals()} valeur={date ?? ''} onChange={setDate} />
          <DueField label="Nouvelle échéance" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.due_at} min={dayFromToday(0)} required />
        </>
      )}
    </CommandDialog>
  )
}
