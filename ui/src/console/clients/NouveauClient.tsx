import { Checkbox, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '@shared/api/http'
import { equipeQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import type { NewTiers } from '@shared/api/types'
import type { TiersLine } from '../api/queries'
import { CommandDialog, type FieldErrors } from '../components/CommandDialog'
import { tiersTypes } from '../components/tiers'
import { toastDone, toastFailure } from '../components/toasts'
import classes from './AccesPortail.module.css'
import { missingOf, Personne, type Person } from './Personne'

const NOBODY: Person = { prenom: '', nom: '', email: '', fonction: '' }
const names: Record<NewTiers['type'], string> = {
  entreprise: 'Nom de l’entreprise',
  association: 'Nom de l’association',
  createur: 'Nom du projet ou du créateur',
  particulier: '',
}

/** « Nouveau client »: their file, and at once, when wanted, the access of a person to the portal (TIE-01). */
export function NouveauClient({ onClose }: { onClose: () => void }) {
  const moi = useMoi()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { data: staff } = useQuery(equipeQuery)
  const [type, setType] = useState<NewTiers['type']>('entreprise')
  const [file, setFile] = useState({ nom: '', siret: '', email: '', telephone: '' })
  const [adviser, setAdviser] = useState(moi.id)
  const [open, setOpen] = useState(false)
  const [person, setPerson] = useState(NOBODY)
  const mayInvite = may(moi, 'acces.gerer')
  const alone = type === 'particulier'
  const invited = open && mayInvite
  // A person alone is their own client.
  const someone: Person = alone ? { ...person, email: file.email, fonction: '' } : { ...person, email: person.email || file.email }
  const name = alone ? `${person.prenom.trim()} ${person.nom.trim()}`.trim() : file.nom.trim()
  const field = (key: keyof typeof file, errors: FieldErrors) => ({
    value: file[key],
    error: errors[key],
    onChange: (event: { currentTarget: { value: string } }) => setFile({ ...file, [key]: event.currentTarget.value }),
  })

  const send = async (key: string): Promise<void> => {
    const body = {
      type,
      nom: name,
      siret: alone ? null : file.siret.trim() || null,
      email: file.email.trim() || null,
      telephone: file.telephone.trim() || null,
      conseiller_id: adviser,
    }
    const made = await call<TiersLine>('POST', '/api/tiers', { body, idempotencyKey: key })
    // The file exists from now on: what fails next is said on it.
    try {
      if (invited) await call('POST', `/api/tiers/${made.id}/acces`, { body: { ...someone, fonction: someone.fonction || null } })
      toastDone(invited ? `Fiche créée, invitation en route vers ${someone.email}` : 'Fiche créée')
    } catch (failure) {
      toastFailure(failure)
    }
    void client.invalidateQueries({ queryKey: ['tiers'] })
    await navigate({ to: '/clients/$id', params: { id: made.id } as never })
  }

  return (
    <CommandDialog
      titre="Nouveau client"
      action="Créer la fiche"
      onClose={onClose}
      onSubmit={send}
      check={(): FieldErrors => ({
        ...(!alone && !file.nom.trim() && { nom: 'Indiquez son nom.' }),
        ...(alone && missingOf({ ...someone, email: '-' }, 'personne.')),
        ...(invited && !alone && missingOf(someone, 'personne.')),
        ...(invited && alone && !file.email.trim() && { email: 'Indiquez l’adresse où envoyer l’invitation.' }),
      })}
    >
      {(errors) => (
        <>
          <Select label="Type de client" data={Object.entries(tiersTypes).map(([value, label]) => ({ value, label }))} value={type}
            allowDeselect={false} onChange={(value) => value && setType(value as NewTiers['type'])} error={errors.type} data-autofocus />
          {alone
            ? <Personne value={person} onChange={setPerson} errors={errors} prefixe="personne." nue />
            : <TextInput label={names[type]} required maxLength={200} {...field('nom', errors)} />}
          {!alone && <TextInput label="SIRET" inputMode="numeric" maxLength={20} placeholder="14 chiffres" {...field('siret', errors)} />}
          <div className={classes.pair}>
            <TextInput label="Email" type="email" maxLength={254} required={alone && invited} {...field('email', errors)} />
            <TextInput label="Téléphone" type="tel" maxLength={20} {...field('telephone', errors)} />
          </div>
          {may(moi, 'demarche.toutes') && (
            <Select label="Conseiller" data={(staff ?? []).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` }))} value={adviser}
              allowDeselect={false} searchable onChange={(value) => value && setAdviser(value)} error={errors.conseiller_id} />
          )}
          {mayInvite && (
            <Checkbox label="Ouvrir l’accès au portail maintenant" checked={open} onChange={(event) => setOpen(event.currentTarget.checked)}
              description={alone ? 'Un email lui permettra de choisir son mot de passe.' : 'Un email permettra à cette personne de choisir son mot de passe.'} />
          )}
          {invited && !alone && (
            <Personne value={person} onChange={setPerson} errors={errors} prefixe="personne." email={file.email} />
          )}
        </>
      )}
    </CommandDialog>
  )
}
