import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { DemarcheView, EtapeView, ReglageView } from '@shared/api/types'
import { civilDay, hour } from '@shared/format'
import { type Command, useCommands } from '../../api/commands'
import { CommandDialog } from '../../components/CommandDialog'
import { DueField } from '../../components/DateField'
import { instantOf } from '../../components/time'
import { toastUndo } from '../../components/toasts'
import classes from './dialogs.module.css'

/** « Régler cette étape »: its name, its date, its place on the portal, for this dossier alone (MOD-13). */
export function EtapeDialog({ demarche, etape, reglage, onClose }: { demarche: DemarcheView; etape: EtapeView; reglage: ReglageView; onClose: () => void }) {
  const { send, run } = useCommands(demarche.id)
  const over = etape.statut === 'valide' || etape.statut === 'passee'
  // The client's name of the étape: the firm may have another of its own in the modèle.
  const named = etape.titre === (etape.libelle_interne ?? reglage.titre_modele) ? reglage.titre_modele : etape.titre
  const [titre, setTitre] = useState(named)
  const [visible, setVisible] = useState(reglage.visible)
  const [date, setDate] = useState<string | null>(reglage.due_at ? civilDay(reglage.due_at) : null)
  const [heure, setHeure] = useState(reglage.due_at ? hour(reglage.due_at) : '18:00')
  const setting = (nom: string, shown: boolean, due: string | null): Command => ({
    methode: 'PUT',
    chemin: `/etapes/${etape.cle}/reglage`,
    body: { titre: nom, visible: shown, echeance: due },
  })
  return (
    <CommandDialog
      titre={`Régler l’étape « ${etape.titre} »`}
      action="Enregistrer"
      onClose={onClose}
      check={(): Record<string, string> => (titre.trim() ? {} : { titre: 'Donnez un nom à l’étape.' })}
      onSubmit={async (key) => {
        await send(setting(titre.trim(), visible, date ? instantOf(date, heure) : null), key)
        toastUndo('Étape réglée pour ce dossier', 8, () => void run(setting(named, reglage.visible, reglage.due_at), { dit: 'Étape remise comme avant' }))
      }}
    >
      {(errors) => (
        <>
          <TextInput
            label="Nom de l’étape"
            description={titre.trim() === reglage.titre_modele ? 'Celui du modèle.' : `Dans le modèle : ${reglage.titre_modele}`}
            required
            maxLength={150}
            value={titre}
            error={errors.titre}
            onChange={(event) => setTitre(event.currentTarget.value)}
            data-autofocus
          />
          {!over && <DueField label="Échéance" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.echeance} />}
          <Checkbox
            label="Visible sur le portail client"
            description={!reglage.cachable && !over ? 'Elle demande quelque chose au client : il doit la voir.' : reglage.visible_modele ? 'Visible dans le modèle.' : 'Cachée dans le modèle.'}
            checked={visible}
            disabled={!reglage.cachable && !over && visible}
            error={errors.visible}
            onChange={(event) => setVisible(event.currentTarget.checked)}
          />
          <p className={classes.hint}>Pour ce dossier seulement : le modèle et les autres dossiers ne changent pas. {over ? '' : 'Sans échéance, c’est le modèle qui la compte. '}L’historique garde la trace de ce réglage.</p>
        </>
      )}
    </CommandDialog>
  )
}
