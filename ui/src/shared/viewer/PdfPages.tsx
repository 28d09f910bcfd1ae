import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Document, Page, pdfjs } from 'react-pdf'
import { EmptyState, SkeletonRows } from '../components/States'
import { STROKE } from '../icons'
import classes from './Viewer.module.css'

pdfjs.GlobalWorkerOptions.workerSrc = new URL('pdfjs-dist/build/pdf.worker.min.mjs', import.meta.url).toString()

const MARGIN = 48
const WIDEST = 820

interface Props {
  /** Where it is kept; nothing for a PDF made for this screen alone. */
  url?: string
  /** Its bytes, when no address gives them: the same object from one drawing to the next, or it is read for ever. */
  octets?: { data: Uint8Array }
  nom: string
  zoom: number
  turns: number
}

/** Pages of a PDF, one at a time. */
export default function PdfPages({ url, octets, nom, zoom, turns }: Props) {
  const [pages, setPages] = useState(0)
  const [page, setPage] = useState(1)
  const [width, setWidth] = useState(0)
  const ground = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const element = ground.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(Math.max(200, Math.min(WIDEST, element.clientWidth - MARGIN))))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  return (
    <>
      <div className={classes.ground} ref={ground} tabIndex={0} role="group" aria-label={`Aperçu de ${nom}`}>
        {/* With its own suspense, a PDF that cannot be read would take the whole screen with it. */}
        <Document
          suspense={false}
          file={octets ?? url}
          loading={<SkeletonRows lignes={6} hauteur={60} />}
          error={<EmptyState action={url && <a href={`${url}?telecharger=1`} download={nom}>Télécharger le fichier</a>}>Ce PDF ne peut pas être affiché ici.</EmptyState>}
          onLoadSuccess={({ numPages }) => {
            setPages(numPages)
            setPage((before) => Math.min(before, numPages))
          }}
          onLoadError={() => setPages(0)}
        >
          {({ pdf }) => width > 0 && (
            <Page
              pageNumber={Math.min(page, pdf.numPages)} width={width * zoom} {...(turns > 0 ? { rotate: turns * 90 } : {})} className={classes.page}
              renderTextLayer={false} renderAnnotationLayer={false} loading="" error="Cette page ne peut pas être affichée ici."
            />
          )}
        </Document>
      </div>
      {pages > 1 && (
        <div className={classes.pager}>
          <span aria-live="polite">Page {page} sur {pages}</span>
          <button type="button" aria-label="Page précédente" disabled={page <= 1} onClick={() => setPage(page - 1)}><IconChevronUp size={17} stroke={STROKE} /></button>
          <button type="button" aria-label="Page suivante" disabled={page >= pages} onClick={() => setPage(page + 1)}><IconChevronDown size={17} stroke={STROKE} /></button>
        </div>
      )}
    </>
  )
}
