import { Autocomplete, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { equipeQuery } from '@shared/api/queries'
import { useCommands } from '../../api/commands'
import { CommandDialog, type FieldErrors } from '../../components/CommandDialog'
import { toastDone } from '../../components/toasts'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

export function Reaffecter({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const { data: staff } = useQuery(equipeQuery)
  const roles = demarche.roles.filter(({ side }) => side === 'cabinet')
  const [role, setRole] = useState(roles[0]?.cle ?? null)
  const holder = demarche.equipe.find((member) => member.role === role)
  const [user, setUser] = useState<string | null>(null)
  return (
    <CommandDialog
      titre="Réaffecter"
      action="Réaffecter"
      onClose={onClose}
      check={(): FieldErrors => (user ? {} : { user_id: 'Choisissez une personne.' })}
      onSubmit={async (key) => {
        await send({ chemin: `/equipe/${role}`, methode: 'PUT', body: { user_id: user } }, key)
        toastDone('Démarche réaffectée')
      }}
    >
      {(errors) => (
        <>
          {roles.length > 1 && <Select label="Rôle" data={roles.map(({ cle, libelle }) => ({ value: cle, label: libelle }))} value={role} onChange={(value) => { setRole(value); setUser(null) }} allowDeselect={false} />}
          <Select
            label={roles.length > 1 ? 'Confié à' : (roles[0]?.libelle ?? 'Conseiller principal')}
            {...(holder ? { description: `Aujourd’hui : ${holder.nom}.` } : {})}
            placeholder="Choisir une personne"
            searchable
            data={(staff ?? []).filter(({ id }) => id !== holder?.user_id).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` }))}
            value={user}
            onChange={setUser}
            error={errors.user_id}
            required
          />
          <p className={classes.hint}>Les tâches ouvertes de ce rôle, les relances et les emails en attente passent à cette personne. Les tâches données à quelqu’un d’autre et les documents ne changent pas. Le client voit le changement.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** One more person of the firm, with a role of their own on this démarche (EQP-04). */
export function Renfort({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const { data: staff } = useQuery(equipeQuery)
  const [user, setUser] = useState<string | null>(null)
  const [role, setRole] = useState('')
  return (
    <CommandDialog
      titre="Ajouter à l’équipe"
      action="Ajouter"
      onClose={onClose}
      check={(): FieldErrors => ({
        ...(user ? {} : { user_id: 'Choisissez une personne.' }),
        ...(role.trim() ? {} : { libelle: 'Dites ce que cette personne fait ici.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: `/renforts/${user}`, methode: 'PUT', body: { libelle: role.trim() } }, key)
        toastDone('Équipe complétée')
      }}
    >
      {(errors) => (
        <>
          <Select
            label="Personne"
            placeholder="Choisir une personne"
            searchable
            data={(staff ?? []).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` }))}
            value={user}
            onChange={setUser}
            error={errors.user_id}
            required
          />
          <Autocomplete
            label="Rôle sur cette démarche"
            data={['Chef de mission', 'Expert fiscal', 'Formaliste', 'Gestionnaire administratif']}
            maxLength={60}
            value={role}
            onChange={setRole}
            error={errors.libelle}
            required
          />
          <p className={classes.hint}>Cette personne voit la démarche et peut recevoir des tâches. Les rôles du modèle ne changent pas de main. Le client voit l’ajout.</p>
        </>
      )}
    </CommandDialog>
  )
}
