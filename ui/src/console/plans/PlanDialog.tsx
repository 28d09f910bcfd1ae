import { ActionIcon, Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import { NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import { CommandDialog, type FieldErrors } from '../components/CommandDialog'
import { toastDone } from '../components/toasts'
import { type Canal, ligneOf, MAX_PALIERS, type Palier, PLANS, plansQuery, type Plan, VOIES } from './plans'
import classes from './Plans.module.css'

const voies = Object.entries(VOIES).map(([value, label]) => ({ value, label }))
const penalites = [{ value: '', label: 'Comme choisi dans le dossier' }, { value: 'inclure', label: 'Incluses' }, { value: 'omettre', label: 'Non incluses' }]
const written = (canal: Canal): boolean => canal === 'courriel' || canal === 'sms'
const sent = (canal: Canal): boolean => written(canal) || canal === 'document'
/** A step being written: its day may not be a number yet (« - », nothing). */
type Ligne = Omit<Palier, 'jours'> & { jours: number | string }
const dayOf = ({ jours }: Ligne): number => (jours === '' ? NaN : Number(jours))

/** Without what its way does not have. */
const kept = (ligne: Ligne): Palier => ({ ...ligne, jours: dayOf(ligne), message: written(ligne.canal) ? ligne.message : null, penalites: sent(ligne.canal) ? ligne.penalites : null })

const SANS_NOM = 'Donnez-lui un nom.'

interface Props {
  /** The one to change; a new one without it. */
  plan?: Plan
  /** What a new one begins with. */
  paliers?: Palier[]
  onClose: () => void
}

/** A plan of reminders: its name and its steps, one by one (REC-10). */
export function PlanDialog({ plan, paliers, onClose }: Props) {
  const client = useQueryClient()
  const [nom, setNom] = useState(plan?.nom ?? '')
  const [description, setDescription] = useState(plan?.description ?? '')
  const [lignes, setLignes] = useState<Ligne[]>(plan?.paliers ?? paliers ?? [{ niveau: 'R1', jours: 5, canal: 'courriel' }])
  const change = (rang: number, part: Partial<Ligne>): void => setLignes((before) => before.map((each, index) => (index === rang ? { ...each, ...part } : each)))
  const add = (): void => {
    const last = Math.max(...lignes.map(dayOf).filter(Number.isInteger), -5)
    setLignes([...lignes, { niveau: `R${lignes.length + 1}`, jours: last + 10, canal: 'courriel' }])
  }
  return (
    <CommandDialog
      large
      titre={plan ? `Modifier «${NBSP}${plan.nom}${NBSP}»` : 'Nouveau plan de relance'}
      action="Enregistrer"
      onClose={onClose}
      check={(): FieldErrors => ({
        ...(nom.trim() ? {} : { nom: SANS_NOM }),
        ...(lignes.some(({ niveau }) => !niveau.trim()) ? { niveau: 'Nommez ce palier.' } : {}),
        ...(lignes.every((ligne) => Number.isInteger(dayOf(ligne))) ? {} : { jours: 'Indiquez un nombre de jours.' }),
      })}
      onSubmit={async () => {
        const body = { nom: nom.trim(), description: description.trim() || null, paliers: lignes.map((ligne) => ligneOf(kept(ligne))) }
        await (plan ? call('PUT', `${PLANS}/${plan.id}`, { body: { ...body, version: plan.version } }) : call('POST', PLANS, { body }))
        await client.invalidateQueries({ queryKey: plansQuery.queryKey })
        toastDone('Plan de relance enregistré')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Nom du plan" maxLength={80} value={nom} onChange={(event) => setNom(event.currentTarget.value)} error={nom.trim() && errors.nom === SANS_NOM ? undefined : errors.nom} required data-autofocus />
          <TextInput label="Quand l’employer" maxLength={300} value={description} onChange={(event) => setDescription(event.currentTarget.value)} error={errors.description} />
          <ol className={classes.lignes} aria-label="Paliers">
            {lignes.map((ligne, rang) => (
              // Steps move by their day only when saved: their rank is theirs until then.
              <li key={rang}>
                <TextInput label="Palier" maxLength={30} value={ligne.niveau} onChange={(event) => change(rang, { niveau: event.currentTarget.value })} error={ligne.niveau.trim() ? undefined : errors.niveau} />
                <NumberInput label="Jours" min={-90} max={365} allowDecimal={false} value={ligne.jours} onChange={(jours) => change(rang, { jours })} error={Number.isInteger(dayOf(ligne)) ? undefined : errors.jours} />
                <Select label="Action" allowDeselect={false} data={voies} value={ligne.canal} onChange={(value) => { if (value) change(rang, { canal: value as Canal }) }} />
                <ActionIcon variant="subtle" color="gray" aria-label={`Retirer le palier ${rang + 1}`} disabled={lignes.length === 1} onClick={() => setLignes(lignes.filter((each) => each !== ligne))}><IconTrash size={16} stroke={STROKE} /></ActionIcon>
                {written(ligne.canal) && <Textarea className={classes.plein} label="Message ajouté" rows={1} maxLength={500} value={ligne.message ?? ''} onChange={(event) => change(rang, { message: event.currentTarget.value })} />}
                {ligne.canal === 'etape' && <p className={classes.plein}>La mise en demeure met fin à l’amiable. Ses pénalités suivent le choix du dossier, « Pénalités dans les envois ».</p>}
                {sent(ligne.canal) && <Select className={classes.plein} label="Pénalités dans cet envoi" allowDeselect={false} data={penalites} value={ligne.penalites ?? ''} onChange={(value) => change(rang, { penalites: (value || null) as Palier['penalites'] })} />}
              </li>
            ))}
          </ol>
          <div><Button variant="default" size="xs" leftSection={<IconPlus size={16} stroke={STROKE} />} disabled={lignes.length >= MAX_PALIERS} onClick={add}>Ajouter un palier</Button></div>
          <p className={classes.doux}>Les jours se comptent depuis l’échéance de chaque facture{NBSP}; un nombre négatif est avant.</p>
        </>
      )}
    </CommandDialog>
  )
}
