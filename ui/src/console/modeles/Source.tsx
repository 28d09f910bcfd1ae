import { Button, Group, Select } from '@mantine/core'
import { lazy, Suspense, useEffect, useState } from 'react'
import { SkeletonRows } from '@shared/components/States'
import type { Brouillon, Operation } from './lecture'
import classes from './Auteur.module.css'

const Editeur = lazy(() => import('./Editeur'))

interface Props {
  brouillon: Brouillon
  fichier: string
  ligne: number | null
  onFichier: (fichier: string) => void
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

/** The files as they are, written by hand (files and screens say the same). */
export function Source({ brouillon, fichier, ligne, onFichier, onOperation }: Props) {
  const known = brouillon.fichiers[fichier] ?? ''
  const [texte, setTexte] = useState(known)
  useEffect(() => setTexte(known), [known, fichier])
  const touched = texte !== known
  return (
    <div className={classes.source}>
      <Group gap="xs" align="end">
        <Select
          label="Fichier" className={classes.fichier} allowDeselect={false} disabled={touched}
          data={Object.keys(brouillon.fichiers)} value={fichier} onChange={(value) => { if (value) onFichier(value) }}
        />
        <Button disabled={!touched} onClick={() => void onOperation({ genre: 'fichier', fichier, texte })}>Appliquer</Button>
        <Button variant="subtle" disabled={!touched} onClick={() => setTexte(known)}>Revenir</Button>
      </Group>
      <p className={classes.aide} role="status">{touched ? 'Texte modifié : « Appliquer » le vérifie.' : 'Commentaires et ordre sont conservés par les écrans.'}</p>
      <Suspense fallback={<SkeletonRows lignes={8} hauteur={20} />}>
        <Editeur fichier={fichier} texte={texte} constats={brouillon.constats} ligne={ligne} onChange={setTexte} />
      </Suspense>
    </div>
  )
}
