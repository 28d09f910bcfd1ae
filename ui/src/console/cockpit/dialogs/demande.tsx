import { NumberInput, SegmentedControl, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { DemarcheView } from '@shared/api/types'
import { NBSP } from '@shared/format'
import { useCommands } from '../../api/commands'
import { CommandDialog, type FieldErrors } from '../../components/CommandDialog'
import { DateField } from '../../components/DateField'
import { dayFromToday, instantOf } from '../../components/time'
import { toastDone } from '../../components/toasts'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

/** Amount typed in euros, sent in integer cents; empty means no price. */
function usePrix(demarche: DemarcheView) {
  const [euros, setEuros] = useState<number | string>(demarche.prix === null ? '' : demarche.prix / 100)
  const cents = euros === '' ? null : Math.round(Number(euros) * 100)
  return { euros, setEuros, cents }
}

function PrixField({ euros, onChange, error, mention }: { euros: number | string; onChange: (value: number | string) => void; error?: string | undefined; mention: string }) {
  return <NumberInput label={`Prix de la prestation, ${mention}`} value={euros} onChange={onChange} decimalScale={2} fixedDecimalScale min={0} max={10_000_000} clampBehavior="none" suffix={`${NBSP}€`} error={error} data-autofocus />
}

export function Prix({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const { euros, setEuros, cents } = usePrix(demarche)
  const [mention, setMention] = useState(demarche.prix_mention || 'HT')
  return (
    <CommandDialog
      titre="Prix de la prestation"
      action="Enregistrer"
      onClose={onClose}
      onSubmit={async (key) => {
        await send({ chemin: '/prix', methode: 'PUT', body: { montant: cents, mention } }, key)
        toastDone('Prix enregistré')
      }}
    >
      {(errors) => (
        <>
          <div className={classes.amount}>
            <PrixField euros={euros} onChange={setEuros} mention={mention} error={errors.montant} />
            <SegmentedControl aria-label="Mention" data={['HT', 'TTC']} value={mention} onChange={setMention} />
          </div>
          <p className={classes.hint}>Le client voit ce prix dès qu’il est enregistré. Laissez vide pour le retirer.</p>
        </>
      )}
    </CommandDialog>
  )
}

export function ValiderDemande({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const { euros, setEuros, cents } = usePrix(demarche)
  return (
    <CommandDialog
      titre="Valider la demande"
      action="Valider et ouvrir le dossier"
      onClose={onClose}
      onSubmit={async (key) => {
        await send({ chemin: '/validation', body: cents === null ? {} : { prix: cents } }, key)
        toastDone('Demande validée, dossier ouvert')
      }}
    >
      {(errors) => (
        <>
          <p className={classes.hint}>Le dossier s’ouvre avec les réponses de la demande : rien à ressaisir. Un email l’annonce à {demarche.client_nom}.</p>
          <PrixField euros={euros} onChange={setEuros} mention={demarche.prix_mention} error={errors.prix} />
        </>
      )}
    </CommandDialog>
  )
}

export function Precision({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const [message, setMessage] = useState('')
  const [date, setDate] = useState<string | null>(null)
  return (
    <CommandDialog
      titre="Demander une précision"
      action="Envoyer la question"
      onClose={onClose}
      check={(): FieldErrors => (message.trim() ? {} : { message: 'Écrivez votre question.' })}
      onSubmit={async (key) => {
        await send({ chemin: '/informations', body: { message: message.trim(), ...(date ? { due_at: instantOf(date, '18:00') } : {}) } }, key)
        toastDone('Question envoyée')
      }}
    >
      {(errors) => (
        <>
          <Textarea label="Votre question" required rows={4} maxLength={5000} value={message} onChange={(event) => setMessage(event.currentTarget.value)} error={errors.message} data-autofocus />
          <DateField label="Réponse attendue avant le" value={date} onChange={setDate} min={dayFromToday(0)} error={errors.due_at} />
        </>
      )}
    </CommandDialog>
  )
}
