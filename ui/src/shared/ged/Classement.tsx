import { ActionIcon, Button, Menu, TextInput } from '@mantine/core'
import { IconCalendarPlus, IconDots, IconFolderPlus, IconLink, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Dialog } from '../components/Dialog'
import { STROKE } from '../icons'
import classes from './Ged.module.css'
import type { Folder } from './queries'

/** What the firm is asked a name for. */
export type Asked = { genre: 'dossier' } | { genre: 'lien' } | { genre: 'renommer'; dossier: Folder }

const icon = { size: 18, stroke: STROKE }

/** What the firm adds to a client's tree. */
export function Classer({ onAsk, onYear }: { onAsk: (asked: Asked) => void; onYear: () => void }) {
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target><Button variant="default" leftSection={<IconFolderPlus {...icon} />}>Classer</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFolderPlus {...icon} />} onClick={() => onAsk({ genre: 'dossier' })}>Nouveau dossier…</Menu.Item>
        <Menu.Item leftSection={<IconCalendarPlus {...icon} />} onClick={onYear}>Dossier de l’année</Menu.Item>
        <Menu.Item leftSection={<IconLink {...icon} />} onClick={() => onAsk({ genre: 'lien' })}>Ajouter un lien…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** What the firm does with a folder. */
export function FolderMenu({ nom, onRename, onDelete }: { nom: string; onRename: () => void; onDelete: () => void }) {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target><ActionIcon aria-label={`Actions sur le dossier ${nom}`}><IconDots {...icon} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={onRename}>Renommer…</Menu.Item>
        <Menu.Item leftSection={<IconTrash {...icon} />} onClick={onDelete}>Supprimer</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

export function NameDialog({ asked, onClose, onDone, failure }: { asked: Asked; onClose: () => void; onDone: (nom: string, lien: string) => Promise<void>; failure: string | null }) {
  const [nom, setNom] = useState(asked.genre === 'renommer' ? asked.dossier.nom : '')
  const [lien, setLien] = useState('')
  const titles = { dossier: 'Nouveau dossier', lien: 'Ajouter un lien', renommer: 'Renommer le dossier' }
  return (
    <Dialog opened onClose={onClose} title={titles[asked.genre]}>
      <form className={classes.form} onSubmit={(event) => {
        event.preventDefault()
        void onDone(nom.trim(), lien.trim())
      }}>
        <TextInput label="Nom" required maxLength={120} data-autofocus value={nom} onChange={(event) => setNom(event.currentTarget.value)} />
        {asked.genre === 'lien' && <TextInput label="Adresse" type="url" required placeholder="https://…" value={lien} onChange={(event) => setLien(event.currentTarget.value)} />}
        {failure && <p className={classes.error} role="alert">{failure}</p>}
        <Button type="submit">{asked.genre === 'renommer' ? 'Renommer' : 'Ajouter'}</Button>
      </form>
    </Dialog>
  )
}
