import { IconChevronLeft, IconChevronRight, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Document, Page, pdfjs } from 'react-pdf'
import { percent } from '../format'
import { STROKE } from '../icons'
import classes from './Preview.module.css'
import { EmptyState, SkeletonRows } from './States'

pdfjs.GlobalWorkerOptions.workerSrc = new URL('pdfjs-dist/build/pdf.worker.min.mjs', import.meta.url).toString()

/** Pages of a PDF, one at a time, with zoom. Loaded lazily by Preview. */
export default function PdfPreview({ url, nom }: { url: string; nom: string }) {
  const [pages, setPages] = useState(0)
  const [page, setPage] = useState(1)
  const [zoom, setZoom] = useState(1)
  const [width, setWidth] = useState(0)
  const ground = useRef<HTMLDivElement>(null)

  useEffect(() => setPage(1), [url])
  useEffect(() => {
    const element = ground.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(Math.min(820, element.clientWidth - 32)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  return (
    <div className={classes.ground} ref={ground} role="group" aria-label={`Aperçu de ${nom}`}>
      <Document
        file={url}
        loading={<SkeletonRows lignes={6} hauteur={60} />}
        error={<EmptyState action={<a href={url} download={nom}>Télécharger le fichier</a>}>Ce PDF ne peut pas être affiché ici.</EmptyState>}
        onLoadSuccess={({ numPages }) => setPages(numPages)}
      >
        {width > 0 && (
          <Page pageNumber={page} width={width * zoom} className={classes.page} renderTextLayer={false} renderAnnotationLayer={false} loading="" />
        )}
      </Document>
      {pages > 0 && (
        <div className={classes.tools}>
          <button type="button" aria-label="Réduire" disabled={zoom <= 0.6} onClick={() => setZoom(zoom - 0.2)}><IconZoomOut size={17} stroke={STROKE} /></button>
          <span>{percent(zoom)}</span>
          <button type="button" aria-label="Agrandir" disabled={zoom >= 2.4} onClick={() => setZoom(zoom + 0.2)}><IconZoomIn size={17} stroke={STROKE} /></button>
          {pages > 1 && (
            <>
              <button type="button" aria-label="Page précédente" disabled={page <= 1} onClick={() => setPage(page - 1)}><IconChevronLeft size={17} stroke={STROKE} /></button>
              <span aria-live="polite">Page {page} sur {pages}</span>
              <button type="button" aria-label="Page suivante" disabled={page >= pages} onClick={() => setPage(page + 1)}><IconChevronRight size={17} stroke={STROKE} /></button>
            </>
          )}
        </div>
      )}
    </div>
  )
}
