import { Button } from '@mantine/core'
import { IconAlertTriangle, IconMail } from '@tabler/icons-react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { JournalLine, JournalPage } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { FAMILLES, type Genre, Journal } from '@shared/components/Journal'
import { References } from '@shared/components/References'
import { callOf } from '@shared/format'
import { More } from '@shared/components/More'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { part } from '@shared/router/lazy'
import { delivery } from '@shared/notifications/envois'
import { FileButton } from './FileButton'
import classes from './Fil.module.css'

const MailDialog = part(async () => (await import('@shared/components/MailDialog')).MailDialog)

interface Props {
  feed: UseInfiniteQueryResult<InfiniteData<JournalPage>>
  famille: Genre | null
  onFamille: (famille: Genre | null) => void
  /** The types offered; all those that have lines by default. */
  parmi?: readonly Genre[]
  /** Of several démarches: each line names its own. */
  nommees?: boolean
}

/** The unified timeline as a client reads it: by type, older lines on scrolling (TL-01 to TL-09). */
export function Fil({ feed, famille, onFamille, parmi, nommees = false }: Props) {
  const [mail, setMail] = useState<JournalLine | null>(null)
  const lines = feed.data?.pages.flatMap((page) => page.items)
  const familles: Record<string, number> = { ...feed.data?.pages[0]?.echanges, ...feed.data?.pages[0]?.familles }
  // The one chosen stays, even with no line: without it nothing would lead back to the others.
  const offered = Object.fromEntries((parmi ?? FAMILLES).filter((genre) => familles[genre] || genre === famille).map((genre) => [genre, familles[genre] ?? 0]))
  return (
    <Card>
      {!lines && (feed.error ? <ErrorState error={feed.error} onRetry={() => void feed.refetch()} /> : <SkeletonRows lignes={5} hauteur={64} />)}
      {lines && (
        <Journal
          heures="parlees"
          filtre={{ familles: offered, choisie: famille, onChange: onFamille }}
          items={lines.map((line) => ({
            id: line.id,
            genre: line.courriel ? 'courriel' : line.appel ? 'appel' : line.famille,
            at: line.at,
            titre: line.type === 'Noticed' ? line.detail : line.titre,
            detail: <Detail line={line} nommee={nommees} onMail={() => setMail(line)} />,
            auteur: line.acteur,
            visibilite: 'client',
          }))}
          pied={lines.length === 0 ? <EmptyState>Rien pour l’instant.</EmptyState> : <More feed={feed} />}
        />
      )}
      {mail && <Suspense><MailDialog demarcheId={mail.demarche_id} ligne={mail.id} onClose={() => setMail(null)} /></Suspense>}
    </Card>
  )
}

function Detail({ line, nommee, onMail }: { line: JournalLine; nommee: boolean; onMail: () => void }) {
  const notice = line.type === 'Noticed'
  const said = !notice && line.detail && !line.fichiers.some((file) => line.detail?.includes(file.nom)) ? line.detail : null
  const told = notice ? line.prevenus[0] : undefined
  return (
    <>
      {line.appel && <span>{callOf(line.appel)}</span>}
      {said && <span className={classes.said}><References>{said}</References></span>}
      {told && <span className={classes.told}>Vous avez été prévenu{line.prevenus.length > 1 ? 's' : ''} : {delivery(told)}</span>}
      {line.non_remis && <span className={classes.back}><IconAlertTriangle size={18} stroke={STROKE} aria-hidden /><span><strong>Non remis.</strong> {line.non_remis}</span></span>}
      {line.fichiers.length > 0 && <span className={classes.files}>{line.fichiers.map((file) => <FileButton key={file.id} file={file} />)}</span>}
      {line.courriel && <Button variant="subtle" size="compact-md" className={classes.mail ?? ''} leftSection={<IconMail size={18} stroke={STROKE} />} onClick={onMail}>Lire l’email</Button>}
      {nommee && <Link to="/demarches/$id" params={{ id: line.demarche_id }} className={classes.of}>{line.demarche}</Link>}
    </>
  )
}
