import { lazy, Suspense } from 'react'
import { EmptyState, SkeletonRows } from './States'
import classes from './Preview.module.css'

const PdfPreview = lazy(() => import('./PdfPreview'))

interface Props {
  url: string
  /** Media type as the API gives it. */
  type: string
  nom: string
}

/** Built-in viewer of PDF and images (GED-01). The PDF part is loaded on demand. */
export function Preview({ url, type, nom }: Props) {
  if (type === 'application/pdf') {
    return (
      <Suspense fallback={<SkeletonRows lignes={6} hauteur={60} />}>
        <PdfPreview url={url} nom={nom} />
      </Suspense>
    )
  }
  if (type.startsWith('image/')) {
    return (
      <div className={classes.ground}>
        <img src={url} alt={nom} className={classes.image} />
      </div>
    )
  }
  return (
    <EmptyState action={<a href={url} download={nom}>Télécharger {nom}</a>}>
      Ce fichier ne s’affiche pas ici.
    </EmptyState>
  )
}
