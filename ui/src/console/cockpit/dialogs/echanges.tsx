import { Autocomplete, Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { civilDay, hour, nowOf } from '@shared/format'
import { useCommands } from '../../api/commands'
import { CommandDialog } from '../../components/CommandDialog'
import { DueField } from '../../components/DateField'
import { NotificationDialog } from '../../components/NotificationDialog'
import { instantOf } from '../../components/time'
import { toastDone } from '../../components/toasts'
import { peopleOf } from '../people'
import { MontantDu } from './MontantDu'
import type { DialogProps } from './props'

/** A call that took place, summed up (TL-08). */
export function NouvelAppel({ demarche, onClose, avec: dit = '' }: DialogProps & { avec: string | undefined }) {
  const { send } = useCommands(demarche.id)
  const now = nowOf(demarche)
  const [avec, setAvec] = useState(dit)
  const [date, setDate] = useState<string | null>(civilDay(now))
  const [heure, setHeure] = useState(hour(now))
  const [duree, setDuree] = useState<number | string>(10)
  const [texte, setTexte] = useState('')
  const [interne, setInterne] = useState(false)
  return (
    <CommandDialog
      titre="Nouvel Appel"
      action="Enregistrer l’appel"
      onClose={onClose}
      check={() => ({
        ...(avec.trim() ? {} : { avec: 'Dites avec qui vous avez parlé.' }),
        ...(date ? {} : { debut: 'Donnez la date de l’appel.' }),
        ...(Number(duree) >= 1 && Number(duree) <= 1440 ? {} : { duree_min: 'De 1 à 1440 minutes.' }),
        ...(texte.trim() ? {} : { texte: 'Résumez les points abordés.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/appels', body: { avec: avec.trim(), debut: instantOf(date!, heure), duree_min: Number(duree), texte: texte.trim(), interne } }, key)
        toastDone('Appel enregistré')
      }}
    >
      {(errors) => (
        <>
          <Autocomplete label="Avec" required maxLength={120} data={[...new Set(peopleOf(demarche, ['client', 'tiers']).map(({ label }) => label))]} value={avec} onChange={setAvec} error={errors.avec} data-autofocus />
          <DueField label="Date" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.debut} />
          <NumberInput label="Durée, en minutes" required min={1} max={1440} clampBehavior="none" allowDecimal={false} value={duree} onChange={setDuree} error={errors.duree_min} />
          <Textarea label="Points abordés" required rows={4} maxLength={5000} value={texte} onChange={(event) => setTexte(event.currentTarget.value)} error={errors.texte} />
          <Checkbox label="Interne au cabinet" description="Sinon, le client lit cet appel et son résumé." checked={interne} onChange={(event) => setInterne(event.currentTarget.checked)} />
        </>
      )}
    </CommandDialog>
  )
}

/** A mail written by hand, sent at once (TL-09). */
export function NouvelEmail({ demarche, onClose, a: dit }: DialogProps & { a: string | undefined }) {
  const { send } = useCommands(demarche.id)
  const targets = peopleOf(demarche, ['client', 'tiers'])
  const [a, setA] = useState(dit ?? targets[0]?.value ?? null)
  const [objet, setObjet] = useState('')
  const [texte, setTexte] = useState('')
  return (
    <CommandDialog
      titre="Nouvel Email"
      action="Envoyer l’email"
      onClose={onClose}
      check={() => ({
        ...(a ? {} : { a: 'Choisissez un destinataire.' }),
        ...(objet.trim() ? {} : { objet: 'Donnez un objet à votre message.' }),
        ...(texte.trim() ? {} : { texte: 'Écrivez votre message.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/courriels', body: { a, objet: objet.trim(), texte: texte.trim() } }, key)
        toastDone('Email en route')
      }}
    >
      {(errors) => (
        <>
          <Select label="À" data={targets} value={a} onChange={setA} allowDeselect={false} error={errors.a} required />
          <TextInput label="Objet" required maxLength={200} value={objet} onChange={(event) => setObjet(event.currentTarget.value)} error={errors.objet} data-autofocus />
          <Textarea label="Message" required rows={6} maxLength={5000} value={texte} onChange={(event) => setTexte(event.currentTarget.value)} error={errors.texte} description="« Bonjour » et votre signature sont ajoutés." />
          <MontantDu demarche={demarche} onInsert={(phrase) => setTexte(`${texte}${texte && '\n\n'}${phrase}`)} />
        </>
      )}
    </CommandDialog>
  )
}

/** An SMS written by hand, sent at once (REC-07). */
export function NouveauSms({ demarche, onClose, a: dit }: DialogProps & { a: string | undefined }) {
  const { send } = useCommands(demarche.id)
  const targets = peopleOf(demarche, ['client', 'tiers'])
  const [a, setA] = useState(dit ?? targets[0]?.value ?? null)
  const [texte, setTexte] = useState('')
  return (
    <CommandDialog
      titre="Nouveau SMS"
      action="Envoyer le SMS"
      onClose={onClose}
      check={() => ({ ...(a ? {} : { a: 'Choisissez un destinataire.' }), ...(texte.trim() ? {} : { texte: 'Écrivez votre message.' }) })}
      onSubmit={async (key) => {
        await send({ chemin: '/sms', body: { a, texte: texte.trim() } }, key)
        toastDone('SMS en route')
      }}
    >
      {(errors) => (
        <>
          <Select label="À" data={targets} value={a} onChange={setA} allowDeselect={false} error={errors.a} required />
          <Textarea label="Message" required rows={3} maxLength={600} value={texte} onChange={(event) => setTexte(event.currentTarget.value)} error={errors.texte} description={`${texte.length} caractères sur 600.`} data-autofocus />
          <MontantDu demarche={demarche} onInsert={(phrase) => setTexte(`${texte}${texte && ' '}${phrase}`)} />
        </>
      )}
    </CommandDialog>
  )
}

/** Told to the client of this démarche. */
export function NouvelleNotification({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  return (
    <NotificationDialog
      exemple="Votre contrat part demain par la poste."
      onSend={(texte, key) => send({ chemin: '/notifications', body: { texte } }, key)}
      onClose={onClose}
    />
  )
}
