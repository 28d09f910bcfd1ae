import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useMoi } from '@shared/api/session'
import type { DemarcheView, PieceView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { count, NBSP } from '@shared/format'
import { NowProvider } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import classes from './Depot.module.css'
import { PiecesProgress, piecesSummary, spare } from './PieceList'
import PiecesGuidees from './PiecesGuidees'

/** « Plus que 3 documents »: of those that somebody waits for. */
export function depositTitle(pieces: PieceView[], cycle: DemarcheView['cycle'] = 'ouverte'): string {
  const counted = pieces.filter((piece) => !spare(piece))
  const total = counted.length
  const todo = counted.filter((piece) => piece.a_moi).length
  const checked = counted.every((piece) => piece.statut === 'valide')
  if (cycle === 'suspendue') return 'En pause'
  if (cycle === 'annulee' || cycle === 'refusee') return `Rien à${NBSP}déposer`
  if (total === 0) return pieces.length > 0 ? 'Aucun document obligatoire' : 'Aucun document à déposer'
  if (todo === 0) return checked ? 'Tout est validé' : 'Tout est déposé'
  return todo === 1 && total > 1 ? 'Plus qu’un document' : todo < total ? `Plus que ${count(todo, 'document')}` : count(todo, 'document', 'documents') + ` à${NBSP}déposer`
}

/** Title, progress and list; also the heart of the participant's page. */
export function DepositView({ view, pieces, replie = false, reprise = false }: { view: DemarcheView; pieces: PieceView[]; replie?: boolean; reprise?: boolean }) {
  const moi = useMoi()
  const [deposited, setDeposited] = useState<string | null>(null)
  // Once it is decided, the item itself says so.
  const received = pieces.find((piece) => piece.id === deposited && piece.statut !== 'valide')?.titre
  // Nothing can be deposited while it is suspended, or once it is over: only what was received is shown.
  const shown = view.cycle === 'ouverte' ? pieces : pieces.filter(({ statut }) => statut !== 'manquant' && statut !== 'refuse')
  const counted = view.cycle === 'suspendue' ? pieces : shown
  return (
    <NowProvider value={view.maintenant}>
      <div className={classes.head}>
        <p className={classes.context}>{moi.role === 'participant' ? view.client_nom : view.titre}</p>
        <h1>{depositTitle(counted, view.cycle)}</h1>
        <PiecesProgress pieces={counted} />
        <p className={classes.summary}>{view.cycle === 'suspendue' ? 'Rien n’est attendu de vous pour le moment. Nous vous préviendrons à la reprise.' : piecesSummary(counted)}</p>
      </div>
      {pieces.length === 0 && (
        <Card>
          <EmptyState action={<Button component={Link} to={`/demarches/${view.id}?onglet=documents`} variant="outline">Voir les documents</Button>}>
            {view.cycle === 'annulee' || view.cycle === 'refusee' ? 'Cette démarche n’est plus en cours.'
              : view.pieces.length > 0
              ? `Les pièces de ce dossier sont à fournir par ${[...new Set(view.pieces.map((piece) => piece.de_nom))].join(', ')}.`
              : 'Rien à déposer pour l’instant. Nous vous préviendrons.'}
          </EmptyState>
        </Card>
      )}
      <p role="status" className={received ? classes.received : 'el-hors-vue'}>
        {received && (
          <>
            <IconCircleCheck size={22} stroke={STROKE} aria-hidden />
            <span>« {received} » : c’est reçu. Nous vérifions votre document sous 2{NBSP}jours{NBSP}ouvrés.</span>
          </>
        )}
      </p>
      {shown.length > 0 && <PiecesGuidees view={view} pieces={shown} replie={replie} reprise={reprise && view.cycle === 'ouverte'} onDone={(piece) => setDeposited(piece.id)} />}
    </NowProvider>
  )
}
