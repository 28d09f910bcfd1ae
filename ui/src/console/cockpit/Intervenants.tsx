import { ActionIcon, Autocomplete, Checkbox, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconMail, IconPhone, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { DemarcheView, IntervenantView } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { Email } from '@shared/components/Email'
import { intervenantsQuery } from '@shared/demarche/intervenants'
import { phone } from '@shared/format'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { CommandDialog, type FieldErrors } from '../components/CommandDialog'
import { toastDone } from '../components/toasts'
import classes from './Aside.module.css'
import { can } from './droits'

/** People outside of the firm: banker, notary, lawyer (EQP-05). */
export function Intervenants({ demarche }: { demarche: DemarcheView }) {
  const { data } = useQuery(intervenantsQuery(demarche.id))
  const { send } = useCommands(demarche.id)
  const [asked, setAsked] = useState<IntervenantView | 'nouveau' | null>(null)
  const [removed, setRemoved] = useState<IntervenantView | null>(null)
  const mine = can(demarche, 'demarche.commander')
  const people = data?.items ?? []
  if (people.length === 0 && !mine) return null
  return (
    <Card>
      <div className={classes.headRow}>
        <h2 className={classes.title}>Intervenants externes</h2>
        {mine && <ActionIcon size={26} aria-label="Ajouter un intervenant externe" onClick={() => setAsked('nouveau')}><IconPlus size={16} stroke={STROKE} /></ActionIcon>}
      </div>
      {people.length === 0 ? <p className={classes.soft}>Aucun pour l’instant.</p> : (
        <ul className={classes.list}>
          {people.map((person) => (
            <li key={person.id}>
              <div className={classes.person}>
                <Avatar nom={person.nom} taille={28} />
                <div>
                  <p className={classes.strong}>{person.nom}</p>
                  <p className={classes.soft}>{[person.qualite, person.organisme, person.visible ? null : 'masqué au client'].filter(Boolean).join(' · ')}</p>
                </div>
              </div>
              {person.telephone && <a className={classes.reach} href={`tel:${person.telephone.replace(/[^\d+]/g, '')}`}><IconPhone size={15} stroke={STROKE} aria-hidden />{phone(person.telephone)}</a>}
              {person.email && <a className={classes.reach} href={`mailto:${person.email}`}><IconMail size={15} stroke={STROKE} aria-hidden /><span><Email adresse={person.email} /></span></a>}
              {mine && (
                <div className={classes.tools}>
                  <button type="button" className={classes.action} aria-label={`Modifier ${person.nom}`} onClick={() => setAsked(person)}>Modifier</button>
                  <button type="button" className={classes.action} aria-label={`Retirer ${person.nom} de la démarche`} onClick={() => setRemoved(person)}>Retirer</button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        ouvert={removed !== null}
        onClose={() => setRemoved(null)}
        titre={`Retirer ${removed?.nom ?? ''}`}
        action="Retirer"
        danger
        onConfirm={async () => {
          await send({ chemin: `/intervenants/${removed?.id ?? ''}/retrait` })
          toastDone(`${removed?.nom ?? ''} n’intervient plus`)
        }}
      >
        Ses coordonnées quittent cette démarche. L’historique garde son nom.
      </ConfirmDialog>
      {asked && <Fiche demarcheId={demarche.id} person={asked === 'nouveau' ? null : asked} onClose={() => setAsked(null)} />}
    </Card>
  )
}

function Fiche({ demarcheId, person, onClose }: { demarcheId: string; person: IntervenantView | null; onClose: () => void }) {
  const { send } = useCommands(demarcheId)
  const [nom, setNom] = useState(person?.nom ?? '')
  const [qualite, setQualite] = useState(person?.qualite ?? '')
  const [organisme, setOrganisme] = useState(person?.organisme ?? '')
  const [email, setEmail] = useState(person?.email ?? '')
  const [telephone, setTelephone] = useState(person?.telephone ?? '')
  const [visible, setVisible] = useState(person?.visible ?? true)
  return (
    <CommandDialog
      titre={person ? 'Modifier l’intervenant' : 'Ajouter un intervenant externe'}
      action={person ? 'Enregistrer' : 'Ajouter'}
      onClose={onClose}
      check={(): FieldErrors => ({
        ...(nom.trim() ? {} : { nom: 'Le nom est nécessaire.' }),
        ...(qualite.trim() ? {} : { qualite: 'Dites ce que cette personne fait ici.' }),
      })}
      onSubmit={async (key) => {
        const body = { nom: nom.trim(), qualite: qualite.trim(), organisme: organisme.trim() || null, email: email.trim() || null, telephone: telephone.trim() || null, visible }
        await send({ chemin: person ? `/intervenants/${person.id}` : '/intervenants', methode: person ? 'PUT' : 'POST', body }, key)
        toastDone(person ? 'Intervenant modifié' : 'Intervenant ajouté')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Nom" maxLength={120} value={nom} onChange={(event) => setNom(event.currentTarget.value)} error={errors.nom} required />
          <Autocomplete label="Rôle" data={['Avocat', 'Banquier', 'Expert', 'Expert-comptable', 'Huissier', 'Notaire']} maxLength={60} value={qualite} onChange={setQualite} error={errors.qualite} required />
          <TextInput label="Organisme" maxLength={120} value={organisme} onChange={(event) => setOrganisme(event.currentTarget.value)} error={errors.organisme} />
          <TextInput label="Email" type="email" value={email} onChange={(event) => setEmail(event.currentTarget.value)} error={errors.email} />
          <TextInput label="Téléphone" type="tel" maxLength={20} value={telephone} onChange={(event) => setTelephone(event.currentTarget.value)} error={errors.telephone} />
          <Checkbox label="Le client voit cette personne" checked={visible} onChange={(event) => setVisible(event.currentTarget.checked)} />
        </>
      )}
    </CommandDialog>
  )
}
