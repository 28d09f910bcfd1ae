import { Textarea } from '@mantine/core'
import { useState } from 'react'
import type { WorkItem } from '@shared/api/types'
import { useCommands } from '../api/commands'
import { CommandDialog } from '../components/CommandDialog'
import { toastDone } from '../components/toasts'

/** « Relancer… »: a message to whoever is awaited, seen in their space. */
export function EcrireDialog({ item, onClose }: { item: WorkItem; onClose: () => void }) {
  const { send } = useCommands(item.demarche_id)
  const [text, setText] = useState(`Bonjour,\n\nNous attendons toujours : ${item.label}. Pouvez-vous vous en occuper dès que possible ?\n\nMerci d’avance.`)
  const objet = item.kind === 'piece' || item.kind === 'tache' ? { objet: `${item.kind}:${item.item_id}` } : {}
  return (
    <CommandDialog
      titre={`Relancer ${item.nom}`}
      action="Envoyer le message"
      onClose={onClose}
      check={(): Record<string, string> => (text.trim() ? {} : { texte: 'Écrivez votre message.' })}
      onSubmit={async (key) => {
        await send({ chemin: '/commentaires', body: { texte: text.trim(), interne: false, ...objet } }, key)
        toastDone('Message envoyé')
      }}
    >
      {(errors) => (
        <Textarea label="Message" description="Visible par le client, dans l’activité de la démarche." rows={6} value={text} onChange={(event) => setText(event.currentTarget.value)} error={errors.texte} required data-autofocus />
      )}
    </CommandDialog>
  )
}
