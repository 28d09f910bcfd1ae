import { IconDownload, IconRotateClockwise, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { FileRef } from '../api/types'
import { EmptyState, SkeletonRows } from '../components/States'
import { fileSize, percent } from '../format'
import { STROKE } from '../icons'
import { fetched } from '../router/lazy'
import classes from './Viewer.module.css'

const PdfPages = lazy(fetched(() => import('./PdfPages')))
const DocxPages = lazy(fetched(() => import('./DocxPages')))
const OdtPages = lazy(fetched(() => import('./OdtPages')))
const ClasseurPages = lazy(fetched(() => import('./ClasseurPages')))
const TextPages = lazy(fetched(() => import('./TextPages')))

const STEP = 0.2
const LEAST = 0.4
const MOST = 3

/** Whatever is an archive of XML: drawn here from its parts, nothing of it is run. */
const OFFICE: Record<string, typeof DocxPages> = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': DocxPages,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ClasseurPages,
  'application/vnd.oasis.opendocument.text': OdtPages,
}

/** A file on screen (GED-01): zoom, rotation, download. Everything but images is drawn by parts loaded on demand. */
export function Viewer({ fichier, sansNom = false }: { fichier: FileRef; sansNom?: boolean }) {
  return <FileViewer key={fichier.id} fichier={fichier} sansNom={sansNom} />
}

function FileViewer({ fichier, sansNom }: { fichier: FileRef; sansNom: boolean }) {
  const [zoom, setZoom] = useState(1)
  const [turns, setTurns] = useState(0)
  const url = `/api/fichiers/${fichier.id}`
  const pdf = fichier.type === 'application/pdf'
  const image = fichier.type.startsWith('image/')
  const text = fichier.type === 'text/plain' || fichier.type === 'text/csv'
  const Office = OFFICE[fichier.type]
  const icon = { size: 18, stroke: STROKE, 'aria-hidden': true }
  const step = (by: number): void => setZoom((before) => Math.min(MOST, Math.max(LEAST, Math.round((before + by) * 10) / 10)))
  return (
    <div className={classes.viewer}>
      <div className={classes.bar}>
        <p className={classes.name} title={fichier.nom}>{sansNom ? fileSize(fichier.taille) : <><strong>{fichier.nom}</strong> <span>{fileSize(fichier.taille)}</span></>}</p>
        {(pdf || image || text || Office) && (
          <>
            <button type="button" aria-label="Réduire" disabled={zoom <= LEAST} onClick={() => step(-STEP)}><IconZoomOut {...icon} /></button>
            <span className={classes.zoom} aria-live="polite">{percent(zoom)}</span>
            <button type="button" aria-label="Agrandir" disabled={zoom >= MOST} onClick={() => step(STEP)}><IconZoomIn {...icon} /></button>
            {(pdf || image) && <button type="button" aria-label="Tourner d’un quart de tour" onClick={() => setTurns((turns + 1) % 4)}><IconRotateClockwise {...icon} /></button>}
          </>
        )}
        <a href={`${url}?telecharger=1`} download={fichier.nom} aria-label={`Télécharger ${fichier.nom}`}><IconDownload {...icon} /></a>
      </div>
      {pdf ? (
        <Suspense fallback={<div className={classes.ground}><SkeletonRows lignes={6} hauteur={60} /></div>}>
          <PdfPages url={url} nom={fichier.nom} zoom={zoom} turns={turns} />
        </Suspense>
      ) : text ? (
        <Suspense fallback={<div className={classes.ground}><SkeletonRows lignes={8} hauteur={24} /></div>}>
          <TextPages url={url} nom={fichier.nom} taille={fichier.taille} tableau={fichier.type === 'text/csv'} zoom={zoom} />
        </Suspense>
      ) : Office ? (
        <Suspense fallback={<div className={classes.ground}><SkeletonRows lignes={8} hauteur={24} /></div>}>
          <Office url={url} nom={fichier.nom} taille={fichier.taille} zoom={zoom} />
        </Suspense>
      ) : image ? (
        <ImageView url={url} nom={fichier.nom} zoom={zoom} turns={turns} />
      ) : (
        <div className={classes.ground}>
          <EmptyState action={<a href={`${url}?telecharger=1`} download={fichier.nom}>Télécharger {fichier.nom}</a>}>Aperçu indisponible.</EmptyState>
        </div>
      )}
    </div>
  )
}

function ImageView({ url, nom, zoom, turns }: { url: string; nom: string; zoom: number; turns: number }) {
  const [size, setSize] = useState<{ w: number; h: number } | null>(null)
  const [failed, setFailed] = useState(false)
  const side = turns % 2 === 1
  const ratio = size ? size.h / size.w : 1
  if (failed) {
    return <div className={classes.ground}><EmptyState action={<a href={url} download={nom}>Télécharger {nom}</a>}>Cette image ne peut pas être affichée.</EmptyState></div>
  }
  return (
    <div className={classes.ground} tabIndex={0} role="group" aria-label={`Aperçu de ${nom}`}>
      {/* The box has the size of the turned image, so that scrolling reaches all of it. */}
      <div className={classes.frame} style={{ width: `${zoom * (side && ratio > 1 ? 100 : Math.min(100, 100 / Math.max(1, ratio * 0.75)))}%`, aspectRatio: size ? (side ? `${size.h} / ${size.w}` : `${size.w} / ${size.h}`) : undefined }}>
        <img
          src={url}
          alt={nom}
          onLoad={(event) => setSize({ w: event.currentTarget.naturalWidth, h: event.currentTarget.naturalHeight })}
          onError={() => setFailed(true)}
          style={{ width: side ? `${100 / ratio}%` : '100%', transform: `translate(-50%, -50%) rotate(${turns * 90}deg)` }}
        />
      </div>
    </div>
  )
}
