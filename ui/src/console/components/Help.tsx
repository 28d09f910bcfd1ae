import { Switch } from '@mantine/core'
import { useState } from 'react'
import { Dialog } from '@shared/components/Dialog'
import { KeyCap } from '@shared/components/KeyCap'
import { enableShortcuts, shortcutsEnabled } from '@shared/hooks/useShortcuts'
import classes from './Help.module.css'

const groups: { titre: string; touches: [string[], string][] }[] = [
  {
    titre: 'Partout',
    touches: [
      [['Ctrl', 'K'], 'Rechercher ou lancer une action'],
      [['N'], 'Nouvelle démarche'],
      [['G', 'F'], 'À traiter'],
      [['G', 'D'], 'Démarches'],
      [['G', 'P'], 'Pièces'],
      [['?'], 'Cette liste'],
    ],
  },
  {
    titre: 'File « À traiter »',
    touches: [
      [['J'], 'Élément suivant'],
      [['K'], 'Élément précédent'],
      [['Entrée'], 'Ouvrir'],
      [['E'], 'Terminer'],
      [['R'], 'Reporter ou relancer'],
      [['P'], 'Valider les pièces à la suite'],
    ],
  },
  {
    titre: 'Démarche',
    touches: [
      [['T'], 'Nouvelle tâche'],
      [['A'], 'Demander une action au client'],
      [['C'], 'Écrire une note ou un message'],
      [['1', '…', '6'], 'Changer d’onglet'],
    ],
  },
  {
    titre: 'Pièces',
    touches: [
      [['J'], 'Pièce suivante'],
      [['K'], 'Pièce précédente'],
      [['1', '…', '9'], 'Cocher un contrôle'],
      [['V'], 'Valider'],
      [['B'], 'Bien reçu'],
      [['R'], 'Refuser'],
      [['C'], 'Commenter'],
    ],
  },
]

/** Every shortcut, and the switch that turns them off (WCAG 2.1.4). */
export function Help({ ouvert, onClose }: { ouvert: boolean; onClose: () => void }) {
  const [on, setOn] = useState(shortcutsEnabled)
  return (
    <Dialog opened={ouvert} onClose={onClose} title="Raccourcis clavier" size={640}>
      <div className={classes.groups}>
        {groups.map(({ titre, touches }) => (
          <section key={titre}>
            <h3>{titre}</h3>
            <dl>
              {touches.map(([keys, meaning]) => (
                <div key={meaning}>
                  <dt>{keys.map((key) => <KeyCap key={key}>{key}</KeyCap>)}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        mt="md"
        label="Raccourcis d’une seule touche"
        checked={on}
        onChange={(event) => {
          enableShortcuts(event.currentTarget.checked)
          setOn(event.currentTarget.checked)
        }}
      />
    </Dialog>
  )
}
