import { Button, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formulaireQuery } from '@shared/api/queries'
import { messageOf } from '@shared/api/http'
import type { CorrectionView, DemarcheView } from '@shared/api/types'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState } from '@shared/components/States'
import { fieldText } from '@shared/demarche/reponses'
import { count } from '@shared/format'
import { useCommands } from '../../api/commands'
import { CommandDialog, type FieldErrors } from '../../components/CommandDialog'
import { DateField } from '../../components/DateField'
import { dayFromToday, instantOf } from '../../components/time'
import { toastDone } from '../../components/toasts'
import { typo } from '../../components/typo'
import type { DialogProps } from './props'
import classes from './corrections.module.css'

type Etat = 'incorrect' | 'incomplet'

const ETATS = [
  { value: '', label: 'Rien à dire' },
  { value: 'incorrect', label: 'Incorrect' },
  { value: 'incomplet', label: 'Incomplet' },
]

/** Every field of a form that was sent, to be marked with a word each. */
export function MarquerDialog({ demarche, nom, onClose }: DialogProps & { nom: string }) {
  const { send } = useCommands(demarche.id)
  const data = demarche.donnees.find(({ formulaire }) => formulaire === nom)
  const former = demarche.corrections.find(({ formulaire }) => formulaire === nom)
  const form = useQuery(formulaireQuery(demarche.id, nom))
  const [marks, setMarks] = useState<Record<string, { etat: Etat; mot: string }>>({})
  const [message, setMessage] = useState('')
  const [date, setDate] = useState<string | null>(null)
  const answered = (data?.champs ?? []).flatMap((field) => [field, ...field.parties]).map((field) => ({
    champ: field.champ.split('.').slice(1).join('.'),
    libelle: field.libelle,
    // A list or a group is marked as a whole when something lacks in it; its answers follow, each by itself.
    texte: field.parties.length > 0 ? count(field.parties.length, 'réponse') : fieldText(field),
  }))
  const known = new Set(answered.map(({ champ }) => champ))
  const properties = (form.data?.schema.properties ?? {}) as Record<string, { title?: string }>
  const empty = Object.entries(properties).filter(([champ]) => !known.has(champ)).map(([champ, { title }]) => ({ champ, libelle: title ?? champ, texte: 'Non rempli' }))
  const mark = (champ: string, change: Partial<{ etat: Etat | ''; mot: string }>): void =>
    setMarks((before) => {
      const { [champ]: mine = { etat: 'incorrect' as Etat, mot: '' }, ...others } = before
      return change.etat === '' ? others : { ...others, [champ]: { ...mine, ...change } as { etat: Etat; mot: string } }
    })
  const again = former?.statut === 'a_verifier'
  const n = Object.keys(marks).length
  return (
    <CommandDialog
      large
      titre={`${again ? 'Encore à corriger' : 'Faire corriger'} : ${data?.titre ?? nom}`}
      action={n === 0 ? 'Renvoyer à corriger' : `Renvoyer, ${count(n, 'champ à corriger', 'champs à corriger')}`}
      onClose={onClose}
      check={(): FieldErrors => ({
        ...(n === 0 ? { champs: 'Marquez au moins un champ.' } : {}),
        ...Object.fromEntries(Object.entries(marks).filter(([, { mot }]) => !mot.trim()).map(([champ]) => [`mot-${champ}`, 'Dites en un mot ce qu’il faut changer.'])),
      })}
      onSubmit={async (key) => {
        const order = [...answered, ...empty].map(({ champ }) => champ)
        const champs = order.flatMap((champ) => (marks[champ] ? [{ champ, etat: marks[champ].etat, mot: marks[champ].mot.trim() }] : []))
        await send({ chemin: `/formulaires/${nom}/correction`, body: { champs, message: message.trim(), ...(date ? { due_at: instantOf(date, '18:00') } : {}), ...(again ? { tour: former.tour } : {}) } }, key)
        toastDone('Formulaire renvoyé à corriger')
      }}
    >
      {(errors) => (
        <>
          <p className={classes.hint}>La personne qui a rempli ce formulaire est prévenue. Elle retrouve ses réponses, avec votre mot à côté de chaque champ marqué.</p>
          <ul className={classes.fields}>
            {[...answered, ...empty].map(({ champ, libelle, texte }) => (
              <li key={champ} data-marque={marks[champ]?.etat}>
                <div className={classes.answer}><span>{libelle}</span><strong>{texte}</strong></div>
                <SegmentedControl size="xs" data={ETATS} value={marks[champ]?.etat ?? ''} onChange={(etat) => mark(champ, { etat: etat as Etat | '' })} aria-label={`${libelle} : ce qui ne va pas`} />
                {marks[champ] && (
                  <TextInput
                    className={classes.word ?? ''}
                    label={`Votre mot sur « ${libelle} »`}
                    required
                    maxLength={2000}
                    value={marks[champ].mot}
                    onChange={(event) => mark(champ, { mot: event.currentTarget.value })}
                    error={errors[`mot-${champ}`]}
                  />
                )}
              </li>
            ))}
          </ul>
          {errors.champs && <p className={classes.error} role="alert">{errors.champs}</p>}
          <Textarea label="Un mot d’ensemble (facultatif)" value={message} onChange={(event) => setMessage(event.currentTarget.value)} maxLength={2000} rows={2} />
          <DateField label="À corriger avant le" value={date} onChange={setDate} min={dayFromToday(0)} error={errors.due_at} />
        </>
      )}
    </CommandDialog>
  )
}

/** What came back, before and after, field by field: accepted, or marked again. */
export function VerificationDialog({ demarche, nom, onClose }: DialogProps & { nom: string }) {
  const [marking, setMarking] = useState(false)
  // As it was when the dialog opened: what comes back meanwhile is another round.
  const [correction] = useState(demarche.corrections.find(({ formulaire }) => formulaire === nom))
  if (marking) return <MarquerDialog demarche={demarche} nom={nom} onClose={onClose} />
  return (
    <Dialog opened onClose={onClose} title={`Correction : ${correction?.titre ?? nom}`} size={760}>
      {correction ? <Verification demarche={demarche} correction={correction} onMark={() => setMarking(true)} onClose={onClose} /> : <EmptyState>Cette correction n’attend plus de décision.</EmptyState>}
    </Dialog>
  )
}

function Verification({ demarche, correction, onMark, onClose }: { demarche: DemarcheView; correction: CorrectionView; onMark: () => void; onClose: () => void }) {
  const { send } = useCommands(demarche.id)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [key] = useState(() => crypto.randomUUID())
  const within = (champ: string, place: string): boolean => champ === place || champ.startsWith(`${place}/`)
  const untouched = correction.champs.filter(({ champ: marked }) => !correction.changements.some(({ champ }) => within(champ, marked)))
  const wordOn = (champ: string): string | undefined => correction.champs.findLast(({ champ: marked }) => within(champ, marked))?.mot
  const accept = async (): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      await send({ chemin: `/formulaires/${correction.formulaire}/correction/acceptation`, body: { tour: correction.tour } }, key)
      toastDone('Correction acceptée')
      onClose()
    } catch (error) {
      setBusy(false)
      setFailure(typo(messageOf(error)))
    }
  }
  return (
    <div className={classes.review}>
      {correction.reponse && <p className={classes.said}><strong>{correction.sent_by} :</strong> {correction.reponse}</p>}
      <div className={classes.scroll} role="region" aria-label="Réponses avant et après" tabIndex={0}>
        <table className={classes.table}>
          <thead><tr><th scope="col">Champ</th><th scope="col">Avant</th><th scope="col">Après</th></tr></thead>
          <tbody>
            {correction.changements.map(({ champ, libelle, avant, apres, nature }) => (
              <tr key={champ}>
                <th scope="row">{libelle}{wordOn(champ) && <span className={classes.mark}>{wordOn(champ)}</span>}</th>
                <td data-titre="Avant"><del>{fieldText({ valeur: avant, nature })}</del></td>
                <td data-titre="Après"><ins>{fieldText({ valeur: apres, nature })}</ins></td>
              </tr>
            ))}
            {untouched.map(({ champ, libelle, mot }) => (
              <tr key={champ}><th scope="row">{libelle}<span className={classes.mark}>{mot}</span></th><td colSpan={2}>Laissé tel quel</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {failure && <p className={classes.error} role="alert">{failure}</p>}
      <div className={classes.actions}>
        <Button variant="default" onClick={onMark} disabled={busy}>Marquer à nouveau…</Button>
        <Button onClick={() => void accept()} loading={busy}>Accepter la correction</Button>
      </div>
    </div>
  )
}
