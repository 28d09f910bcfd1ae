import { Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { DemarcheView, EtapeView, PieceView } from '@shared/api/types'
import { useCommands } from '../../api/commands'
import { CommandDialog } from '../../components/CommandDialog'
import { toastDone } from '../../components/toasts'
import { nameOf } from '../people'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

const ICI = 'Pour ce dossier seulement : le modèle et les autres dossiers ne changent pas. L’historique en garde la trace.'

/** After what an étape may come, in words. */
function choices(demarche: DemarcheView, moved?: string): { value: string; label: string }[] {
  return demarche.places
    .filter(({ cle }) => cle !== moved)
    .map(({ cle, titre, bloc }) => ({ value: cle, label: bloc ? `Tout le bloc « ${titre} »` : titre }))
}

/** « Ajouter une étape »: done in its turn, ended by hand (MOD-13). */
export function AjouterEtapeDialog({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const places = choices(demarche)
  const roles = demarche.roles.filter(({ side }) => side === 'cabinet').map(({ cle, libelle }) => ({ value: cle, label: nameOf(demarche, cle, libelle) }))
  const [titre, setTitre] = useState('')
  const [apres, setApres] = useState(places[0]?.value ?? null)
  const [responsable, setResponsable] = useState<string | null>(null)
  const [description, setDescription] = useState('')
  return (
    <CommandDialog
      titre="Ajouter une étape à ce dossier"
      action="Ajouter l’étape"
      onClose={onClose}
      check={(): Record<string, string> => ({
        ...(titre.trim() ? {} : { titre: 'Donnez un nom à l’étape.' }),
        ...(apres ? {} : { apres: 'Dites après quoi elle vient.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/etapes', body: { titre: titre.trim(), apres, responsable, description: description.trim() || null } }, key)
        toastDone('Étape ajoutée à ce dossier')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Nom de l’étape" required maxLength={150} value={titre} error={errors.titre} onChange={(event) => setTitre(event.currentTarget.value)} data-autofocus />
          <Select label="Elle vient après" required data={places} value={apres} onChange={setApres} allowDeselect={false} error={errors.apres} />
          <Select label="Responsable" placeholder="Personne en particulier" data={roles} value={responsable} onChange={setResponsable} clearable error={errors.responsable} />
          <Textarea label="Une phrase pour le client" description="Facultative : ce qui se passe pendant cette étape." maxLength={500} rows={2} value={description} error={errors.description} onChange={(event) => setDescription(event.currentTarget.value)} />
          <p className={classes.hint}>Elle commence à son tour et se termine quand vous la validez. {ICI}</p>
        </>
      )}
    </CommandDialog>
  )
}

/** « Déplacer cette étape » (MOD-13). */
export function DeplacerEtapeDialog({ demarche, etape, onClose }: DialogProps & { etape: EtapeView }) {
  const { send } = useCommands(demarche.id)
  const [apres, setApres] = useState<string | null>(null)
  return (
    <CommandDialog
      titre={`Déplacer l’étape « ${etape.titre} »`}
      action="Déplacer"
      onClose={onClose}
      check={(): Record<string, string> => (apres ? {} : { apres: 'Dites après quoi elle vient.' })}
      onSubmit={async (key) => {
        await send({ methode: 'PUT', chemin: `/etapes/${etape.cle}/place`, body: { apres } }, key)
        toastDone('Étape déplacée dans ce dossier')
      }}
    >
      {(errors) => (
        <>
          <Select label="Elle vient après" required data={choices(demarche, etape.cle)} value={apres} onChange={setApres} allowDeselect={false} error={errors.apres} data-autofocus />
          <p className={classes.hint}>{ICI}</p>
        </>
      )}
    </CommandDialog>
  )
}

/** « Renommer cette pièce » (MOD-13). */
export function NommerPieceDialog({ demarche, piece, onClose }: DialogProps & { piece: PieceView }) {
  const { send } = useCommands(demarche.id)
  const [titre, setTitre] = useState(piece.titre)
  const [description, setDescription] = useState(piece.description ?? '')
  return (
    <CommandDialog
      titre={`Renommer la pièce « ${piece.titre} »`}
      action="Enregistrer"
      onClose={onClose}
      check={(): Record<string, string> => (titre.trim() ? {} : { titre: 'Donnez un nom à la pièce.' })}
      onSubmit={async (key) => {
        await send({ methode: 'PUT', chemin: `/pieces/${piece.id}`, body: { titre: titre.trim(), description: description.trim() || null } }, key)
        toastDone('Pièce renommée dans ce dossier')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Nom de la pièce" required maxLength={200} value={titre} error={errors.titre} onChange={(event) => setTitre(event.currentTarget.value)} data-autofocus />
          <Textarea label="Précision" description="Lue par qui doit la fournir." maxLength={2000} rows={2} value={description} error={errors.description} onChange={(event) => setDescription(event.currentTarget.value)} />
          <p className={classes.hint}>{ICI}</p>
        </>
      )}
    </CommandDialog>
  )
}
