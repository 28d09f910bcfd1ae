import { Button } from '@mantine/core'
import { IconArrowsSplit2, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { STROKE } from '@shared/icons'
import { Champs } from './Champs'
import * as champsDe from './champsDe'
import { type EtapeLue, etapesDe, liste, nouvelleEtape, type Noeud, type Operation } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  bloc: EtapeLue
  donnees: Noeud
  onOperation: (...operations: Operation[]) => Promise<boolean>
  onSelect: (cle: string | undefined) => void
}

/** A parallel block: its name, one branch more, its end (MOD-02). Étapes enter and leave it in the list. */
export function PanneauBloc({ bloc, donnees, onOperation, onSelect }: Props) {
  const [suppression, setSuppression] = useState(false)
  const branches = liste(bloc.noeud.branches)
  const etapes = etapesDe(donnees)
  const alone = etapes.every((etape) => etape.bloc || etape.chemin[1] === bloc.chemin[1])
  const add = async (): Promise<void> => {
    const valeur = nouvelleEtape(donnees, etapes.map((etape) => etape.cle))
    if (await onOperation({ genre: 'inserer', chemin: [...bloc.chemin, 'branches', branches.length], valeur: [valeur] })) onSelect(valeur.cle)
  }
  return (
    <>
      <div className={classes.panneauTete}>
        <span className={classes.pave} data-choisi><IconArrowsSplit2 size={18} stroke={STROKE} aria-hidden /></span>
        <h2>{bloc.titre}</h2>
        <code>{bloc.cle}</code>
        <Button variant="subtle" color="red" size="xs" disabled={alone} leftSection={<IconTrash size={15} stroke={STROKE} />} onClick={() => setSuppression(true)}>Supprimer</Button>
      </div>
      <Champs champs={champsDe.bloc} valeurs={bloc.noeud} chemin={bloc.chemin} onOperation={onOperation} />
      <p className={classes.aide}>Ses {branches.length} branches avancent ensemble ; la démarche continue quand toutes sont finies. Glissez une étape dans une branche, ou hors du bloc.</p>
      <Button variant="default" size="xs" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => void add()}>Ajouter une branche</Button>
      <ConfirmDialog
        ouvert={suppression}
        onClose={() => setSuppression(false)}
        titre={`Supprimer le bloc « ${bloc.titre} » ?`}
        action="Supprimer le bloc"
        danger
        onConfirm={async () => {
          if (await onOperation({ genre: 'retirer', chemin: bloc.chemin })) onSelect(undefined)
        }}
      >
        Ses étapes partent avec lui : sortez d’abord celles à garder. « Annuler » le fait revenir.
      </ConfirmDialog>
    </>
  )
}
