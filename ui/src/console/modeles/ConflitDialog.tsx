import { Button, Group } from '@mantine/core'
import { Dialog } from '@shared/components/Dialog'
import type { Conflit } from './useBrouillon'
import { typo } from '../components/typo'
import classes from './Auteur.module.css'

interface Props {
  conflit: Conflit | null
  onClose: () => void
  onRefaire: () => void
}

/** Somebody else wrote meanwhile: what they wrote, and one's own change to do again. */
export function ConflitDialog({ conflit, onClose, onRefaire }: Props) {
  return (
    <Dialog opened={conflit !== null} onClose={onClose} title="Modifié entre-temps" size="lg">
      <p>{typo(conflit?.message ?? '')}</p>
      {conflit?.difference && <Diff texte={conflit.difference} />}
      <Group mt="md" gap="xs">
        {conflit?.refaire && <Button onClick={onRefaire}>Refaire mon changement</Button>}
        <Button variant="default" onClick={onClose}>Garder la nouvelle version</Button>
      </Group>
    </Dialog>
  )
}

/** A difference, line by line. */
export function Diff({ texte }: { texte: string }) {
  return (
    <pre className={classes.diff} tabIndex={0} aria-label="Différence ligne à ligne">
      {texte.split('\n').map((line, index) => (
        <span key={index} data-signe={line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'moins' : undefined}>{line}{'\n'}</span>
      ))}
    </pre>
  )
}
