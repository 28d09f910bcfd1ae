import { Button } from '@mantine/core'
import { IconDownload, IconEye, IconFileText, IconUpload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Suspense } from 'react'
import type { DemarcheView, DocumentView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { dayOfYear, fileSize } from '@shared/format'
import { STROKE } from '@shared/icons'
import { part } from '@shared/router/lazy'
import { FileButton } from '../components/FileButton'
import { Files, Head, PiecesProgress, spare } from '../components/PieceList'
import classes from './Demarche.module.css'

const AddDocument = part(async () => (await import('./AddDocument')).AddDocument)

/** Pièces with their status, documents made by the firm (GED-01, GED-13). */
export function Documents({ view }: { view: DemarcheView }) {
  const pieces = view.pieces.filter((piece) => piece.statut !== 'sans_objet')
  const mine = pieces.filter((piece) => piece.a_moi)
  const due = mine.filter((piece) => !spare(piece)).length
  const documents = view.documents.filter((document) => document.file)
  return (
    <>
      {pieces.length + documents.length === 0 && (
        <Card><EmptyState>Aucun document pour l’instant. Ceux que nous préparons et ceux que vous déposez seront ici.</EmptyState></Card>
      )}
      {documents.length > 0 && (
        <Section titre="Préparés pour vous">
          <Card nue><ul>{documents.map((document) => <DocumentLine key={document.id} document={document} />)}</ul></Card>
        </Section>
      )}
      {pieces.length > 0 && (
        <Section titre="Pièces du dossier">
          <PiecesProgress pieces={pieces} />
          {mine.length > 0 && (
            <Button component={Link} to={`/demarches/${view.id}/depot`} variant={due > 0 ? 'filled' : 'outline'} leftSection={<IconUpload size={22} stroke={STROKE} />}>
              {due === 0 ? 'Déposer un document facultatif' : due === 1 ? 'Déposer le document attendu' : `Déposer mes ${due} documents`}
            </Button>
          )}
          <Card nue>
            <ul>
              {pieces.map((piece) => (
                <li key={piece.id} className={classes.pieceRow}>
                  <Head piece={piece} {...(piece.a_moi ? {} : { de: `Fourni par ${piece.de_nom}` })} />
                  <Files piece={piece} />
                </li>
              ))}
            </ul>
          </Card>
        </Section>
      )}
      {view.cycle === 'ouverte' && <Suspense fallback={null}><AddDocument demarcheId={view.id} /></Suspense>}
    </>
  )
}

export function DocumentLine({ document }: { document: DocumentView }) {
  return (
    <li className={classes.document}>
      <IconFileText size={24} stroke={STROKE} aria-hidden />
      <div>
        <strong>{document.titre}</strong>
        <p className={classes.muted}>
          {[document.produced_at ? dayOfYear(document.produced_at) : null, document.file ? fileSize(document.file.taille) : null].filter(Boolean).join(' · ')}
        </p>
        {document.perime && <StatusBadge objet="document" cle="perime" perso={{ libelle: 'En cours de mise à jour' }} />}
      </div>
      {document.file && (
        <div className={classes.documentActions}>
          <FileButton file={document.file} titre={document.titre} className={classes.round}><IconEye size={22} stroke={STROKE} aria-hidden /></FileButton>
          <a href={`/api/fichiers/${document.file.id}?telecharger=1`} className={classes.round} aria-label={`Télécharger ${document.titre}`}><IconDownload size={22} stroke={STROKE} aria-hidden /></a>
        </div>
      )}
    </li>
  )
}
