import { Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { formulaireQuery } from '@shared/api/queries'
import type { EvenementView } from '@shared/api/types'
import { Dialog } from '@shared/components/Dialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { longDate, NBSP } from '@shared/format'
import { useCommands } from '../../api/commands'
import { CommandDialog, type FieldErrors } from '../../components/CommandDialog'
import { DateField } from '../../components/DateField'
import { dayFromToday } from '../../components/time'
import { toastDone } from '../../components/toasts'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

export function DateCle({ demarche, champ, onClose }: DialogProps & { champ: string }) {
  const { send } = useCommands(demarche.id)
  const date = demarche.dates_cles.find((each) => each.champ === champ)
  const [valeur, setValeur] = useState<string | null>(date?.valeur ?? null)
  const [motif, setMotif] = useState('')
  return (
    <CommandDialog
      titre={`Changer : ${date?.libelle.toLowerCase() ?? champ}`}
      action="Changer la date"
      onClose={onClose}
      check={() => ({
        ...(!valeur ? { valeur: 'Choisissez une date.' } : valeur === date?.valeur ? { valeur: 'C’est déjà cette date.' } : {}),
        ...(motif.trim() ? {} : { motif: 'Indiquez un motif.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/dates', body: { champ, valeur, motif: motif.trim() } }, key)
        if (valeur) toastDone(`${date?.libelle ?? 'Date'} : ${longDate(valeur)}`)
      }}
    >
      {(errors) => (
        <>
          <DateField label={date?.libelle ?? 'Date'} value={valeur} onChange={setValeur} error={errors.valeur ?? errors[champ.split('.').at(-1) ?? '']} required />
          <Textarea label="Motif, lu par le client" required value={motif} onChange={(event) => setMotif(event.currentTarget.value)} error={errors.motif} rows={2} maxLength={2000} />
          <p className={classes.hint}>Les échéances des tâches et les relances calculées d’après cette date sont recalculées, sauf celles fixées à la main. Les tâches ouvertes le restent, les documents déjà produits sont à refaire, les emails en attente partent.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** Something that happened outside eLaska: its day, and its form when it has one. */
export function Constater({ demarche, evenement, onClose }: DialogProps & { evenement: EvenementView }) {
  const { send } = useCommands(demarche.id)
  const [jour, setJour] = useState<string | null>(dayFromToday(0))
  const chemin = `/evenements/${evenement.cle}`
  if (evenement.formulaire) return <ConstaterParFormulaire demarche={demarche} evenement={evenement} nom={evenement.formulaire} onClose={onClose} />
  return (
    <CommandDialog
      titre={evenement.titre}
      action="Enregistrer"
      onClose={onClose}
      check={(): FieldErrors => (jour ? {} : { survenu_le: 'Choisissez une date.' })}
      onSubmit={async (key) => {
        await send({ chemin, body: { survenu_le: jour } }, key)
        toastDone(`Enregistré${NBSP}: ${evenement.titre}`)
      }}
    >
      {(errors) => (
        <>
          {evenement.description && <p className={classes.hint}>{evenement.description}</p>}
          <DateField label="Survenu le" value={jour} onChange={setJour} error={errors.survenu_le} required />
        </>
      )}
    </CommandDialog>
  )
}

function ConstaterParFormulaire({ demarche, evenement, nom, onClose }: DialogProps & { evenement: EvenementView; nom: string }) {
  const { send } = useCommands(demarche.id)
  const form = useQuery(formulaireQuery(demarche.id, nom))
  const key = useRef(crypto.randomUUID())
  return (
    <Dialog opened onClose={onClose} title={evenement.titre} size={760} closeOnClickOutside={false}>
      {form.data ? (
        <DynamicForm
          schema={form.data.schema}
          uiSchema={form.data.ui}
          data={form.data.donnees}
          action="Enregistrer"
          onDraft={() => { key.current = crypto.randomUUID() }}
          onSubmit={async (donnees) => {
            await send({ chemin: `/evenements/${evenement.cle}`, body: { donnees } }, key.current)
            toastDone(`Enregistré${NBSP}: ${evenement.titre}`)
            onClose()
          }}
        />
      ) : form.error ? <ErrorState error={form.error} onRetry={() => void form.refetch()} />
        : <SkeletonRows lignes={5} hauteur={64} />}
    </Dialog>
  )
}
