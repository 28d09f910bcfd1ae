import { Alert, Button, Group, Select } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { SkeletonRows } from '@shared/components/States'
import type { Brouillon, Operation } from './lecture'
import classes from './Auteur.module.css'

const Editeur = lazy(() => import('./Editeur'))

/** A text typed and not applied yet, with the one it was typed on. */
export interface Saisie {
  texte: string
  base: string
}

export type Saisies = Record<string, Saisie>

/** Files whose text waits to be applied. */
export const enAttente = (saisies: Saisies, brouillon: Brouillon): string[] =>
  Object.entries(saisies).filter(([path, { texte }]) => texte !== (brouillon.fichiers[path] ?? '')).map(([path]) => path)

interface Props {
  brouillon: Brouillon
  fichier: string
  ligne: number | null
  /** Texts not applied, by file: they outlive this view. */
  saisies: Saisies
  onSaisie: (fichier: string, saisie: Saisie | null) => void
  onFichier: (fichier: string) => void
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

/** The files as they are, written by hand (files and screens say the same). */
export function Source({ brouillon, fichier, ligne, saisies, onSaisie, onFichier, onOperation }: Props) {
  const known = brouillon.fichiers[fichier] ?? ''
  const waiting = enAttente(saisies, brouillon)
  const touched = waiting.includes(fichier)
  const saisie = touched ? saisies[fichier] : undefined
  const texte = saisie?.texte ?? known
  const apply = async (): Promise<void> => {
    if (await onOperation({ genre: 'fichier', fichier, texte })) onSaisie(fichier, null)
  }
  return (
    <div className={classes.source}>
      <Group gap="xs" align="end">
        <Select
          label="Fichier" className={classes.fichier} allowDeselect={false}
          data={Object.keys(brouillon.fichiers).map((path) => ({ value: path, label: waiting.includes(path) ? `${path} (à appliquer)` : path }))} value={fichier} onChange={(value) => { if (value) onFichier(value) }}
        />
        <Button disabled={!touched} onClick={() => void apply()}>Appliquer</Button>
        <Button variant="subtle" disabled={!touched} onClick={() => onSaisie(fichier, null)}>Revenir</Button>
      </Group>
      <p className={classes.aide} role="status">{touched ? 'Texte modifié : « Appliquer » le vérifie.' : 'Commentaires et ordre sont conservés par les écrans.'}</p>
      {saisie && saisie.base !== known && (
        <Alert color="yellow">Ce fichier a changé pendant que vous l’écriviez. « Appliquer » le remplacerait par votre texte ; « Revenir » montre le fichier tel qu’il est, sans votre texte.</Alert>
      )}
      <Suspense fallback={<SkeletonRows lignes={8} hauteur={20} />}>
        <Editeur fichier={fichier} texte={texte} constats={brouillon.constats} ligne={ligne} onChange={(next) => onSaisie(fichier, { texte: next, base: saisie?.base ?? known })} />
      </Suspense>
    </div>
  )
}
