import { Autocomplete, Checkbox, Group, Radio, Select, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useCommands } from '../../api/commands'
import { CommandDialog, type FieldErrors } from '../../components/CommandDialog'
import { DateField } from '../../components/DateField'
import { dayFromToday, instantOf } from '../../components/time'
import { toastDone } from '../../components/toasts'
import { peopleOf } from '../people'
import type { DialogProps } from './props'
import classes from './dialogs.module.css'

export function NouvellePiece({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const targets = peopleOf(demarche, ['client', 'tiers'])
  const known = [...new Set(demarche.pieces.flatMap(({ categorie }) => categorie ?? []))]
  const [titre, setTitre] = useState('')
  const [de, setDe] = useState(targets[0]?.value ?? null)
  const [description, setDescription] = useState('')
  const [categorie, setCategorie] = useState<string | null>(known[0] ?? null)
  const [obligatoire, setObligatoire] = useState(true)
  const [date, setDate] = useState<string | null>(null)
  return (
    <CommandDialog
      titre="Demander une pièce"
      action="Demander la pièce"
      onClose={onClose}
      check={() => ({ ...(titre.trim() ? {} : { titre: 'Nommez la pièce.' }), ...(de ? {} : { de: 'Choisissez qui la fournit.' }) })}
      onSubmit={async (key) => {
        await send({
          chemin: '/pieces',
          body: {
            titre: titre.trim(), de, obligatoire,
            ...(description.trim() ? { description: description.trim() } : {}),
            ...(categorie ? { categorie } : {}),
            ...(date ? { due_at: instantOf(date, '18:00') } : {}),
          },
        }, key)
        toastDone('Pièce demandée')
      }}
    >
      {(errors) => (
        <>
          <Autocomplete label="Nom de la pièce" required maxLength={200} data={demarche.pieces_connues} value={titre} onChange={setTitre} error={errors.titre} placeholder="Titre de séjour" data-autofocus />
          <Select label="Fournie par" data={targets} value={de} onChange={setDe} allowDeselect={false} error={errors.de} required />
          <Textarea label="Consigne" description="Lue par la personne qui dépose." value={description} onChange={(event) => setDescription(event.currentTarget.value)} rows={2} />
          <Select label="Catégorie" data={known} value={categorie} onChange={setCategorie} clearable placeholder="Autres pièces" />
          <DateField label="Avant le" value={date} onChange={setDate} min={dayFromToday(0)} error={errors.due_at} />
          <Checkbox label="Nécessaire pour valider l’étape" checked={obligatoire} onChange={(event) => setObligatoire(event.currentTarget.checked)} />
          <p className={classes.hint}>La demande part par email{obligatoire ? ', et l’étape en cours attend cette pièce' : ''}. Les tâches, les relances, les documents et les emails en attente ne changent pas.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** Of a document made per line: a file for each of them. */
const TOUTES = '*'

export function ProduireDocument({ demarche, onClose }: DialogProps) {
  const { send } = useCommands(demarche.id)
  const [document, setDocument] = useState(demarche.documents_possibles[0]?.cle ?? null)
  const [ligne, setLigne] = useState(TOUTES)
  const [choix, setChoix] = useState<Record<string, string>>({})
  const chosen = demarche.documents_possibles.find(({ cle }) => cle === document)
  const lignes = chosen?.lignes ?? []
  return (
    <CommandDialog
      titre="Produire un document"
      action="Produire"
      onClose={onClose}
      check={(): FieldErrors => (document ? {} : { document: 'Choisissez un document.' })}
      onSubmit={async (key) => {
        await send({ chemin: '/documents', body: { document, ligne: ligne === TOUTES ? null : ligne, choix } }, key)
        toastDone(ligne === TOUTES && lignes.length > 1 ? 'Les documents se préparent' : 'Le document se prépare')
      }}
    >
      {(errors) => (
        <>
          <Select label="Document" data={demarche.documents_possibles.map(({ cle, titre }) => ({ value: cle, label: titre }))} value={document} onChange={(value) => { setDocument(value); setLigne(TOUTES) }} allowDeselect={false} error={errors.document} />
          {lignes.length > 0 && (
            <Select
              label="Pour"
              description={`Un fichier par ligne de « ${chosen?.collection ?? ''} ».`}
              data={[{ value: TOUTES, label: `Toutes les lignes (${lignes.length})` }, ...lignes.map(({ id, nom }) => ({ value: id, label: nom }))]}
              value={ligne}
              onChange={(value) => setLigne(value ?? TOUTES)}
              allowDeselect={false}
              searchable={lignes.length > 8}
              error={errors.ligne}
            />
          )}
          {demarche.choix_envoi.map(({ champ, libelle, valeurs, actuel }) => (
            <Radio.Group key={champ} label={libelle} description="Pour ce document seulement." value={choix[champ] ?? actuel ?? ''} onChange={(value) => setChoix({ ...choix, [champ]: value })} error={errors[champ]}>
              <Group mt={6}>{valeurs.map(([cle, mots]) => <Radio key={cle} value={cle} label={mots} />)}</Group>
            </Radio.Group>
          ))}
          <p className={classes.hint}>Il est rempli avec les informations de la démarche et rejoint les documents.</p>
        </>
      )}
    </CommandDialog>
  )
}
