import { useState } from 'react'
import { EmptyState } from '@shared/components/States'
import classes from './Diagram.module.css'

interface Props {
  /** Address of the SVG: a picture of its own, which the content policy keeps from running anything. */
  src: string
  alt: string
  nom: string
}

/** A modèle's étapes as the engine draws them; a click opens the picture alone, where it can be enlarged. */
export function Diagram({ src, alt, nom }: Props) {
  const [failed, setFailed] = useState<string | null>(null)
  if (failed === src) return <EmptyState>Le schéma n’est pas disponible.</EmptyState>
  return (
    <div className={classes.diagram} tabIndex={0} role="group" aria-label={nom}>
      <a href={src} target="_blank" rel="noreferrer" title="Ouvrir le schéma en grand">
        <img src={src} alt={alt} onError={() => setFailed(src)} />
      </a>
    </div>
  )
}
