import { Button } from '@mantine/core'
import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconDownload, IconFileText, IconPrinter, IconRefresh } from '@tabler/icons-react'
import { call, messageOf } from '../api/http'
import type { ExportView } from '../api/types'
import { ProgressBar } from '../components/Progress'
import { ErrorState, SkeletonRows } from '../components/States'
import { fileSize, NBSP, shortDate, spokenHour } from '../format'
import { STROKE } from '../icons'
import classes from './Exports.module.css'

type Genre = ExportView['genre']

const KINDS: { genre: Genre; libelle: string; contenu: string }[] = [
  { genre: 'synthese', libelle: 'Synthèse du dossier', contenu: 'Avancement, étapes, informations, ce qui est attendu' },
  { genre: 'chronologie', libelle: 'Chronologie détaillée', contenu: 'Les étapes et tout ce qui s’est passé' },
  { genre: 'taches', libelle: 'Liste des tâches', contenu: 'Avec leurs détails et leurs échéances' },
  { genre: 'documents', libelle: 'Liste des documents', contenu: 'Pièces demandées et documents préparés' },
  { genre: 'echanges', libelle: 'Conversation', contenu: 'Les messages et les notifications' },
]

/** The live stream tells when one is ready; should it be cut, the list is read again. */
const POLL_MS = 4000

const underWay = (row: ExportView | undefined): boolean => row?.etat === 'en_attente' || row?.etat === 'en_cours'

/** PDF exports of what the reader sees (PDF-01, PDF-02): asked for, prepared by the worker, then kept for a day. */
export default function Exports({ demarcheId }: { demarcheId: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['exports', demarcheId],
    queryFn: ({ signal }) => call<ExportView[]>('GET', `/api/demarches/${demarcheId}/exports`, { signal }),
    refetchInterval: (query) => (query.state.data?.some(underWay) ? POLL_MS : false),
  })
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={KINDS.length} hauteur={44} />
  return (
    <div className={classes.box}>
      <ul className={classes.list}>
        {KINDS.map((kind) => <Line key={kind.genre} demarcheId={demarcheId} {...kind} row={data.find(({ genre }) => genre === kind.genre)} />)}
      </ul>
      <p className={classes.note}>Un PDF montre le dossier tel qu’il est au moment où vous le demandez. Il reste ici 24{NBSP}heures.</p>
    </div>
  )
}

interface LineProps {
  demarcheId: string
  genre: Genre
  libelle: string
  contenu: string
  /** The latest one of this kind. */
  row: ExportView | undefined
}

function Line({ demarcheId, genre, libelle, contenu, row }: LineProps) {
  const base = `/api/demarches/${demarcheId}/exports`
  const client = useQueryClient()
  const ask = useMutation({
    mutationFn: () => call<ExportView>('POST', base, { body: { genre } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['exports', demarcheId] }),
  })
  const { data: done } = useQuery<number>({ queryKey: ['avancement', row?.id], queryFn: skipToken })
  const busy = ask.isPending || underWay(row)
  const ready = row?.etat === 'pret' && !busy
  const failed = row?.etat === 'echec' && !busy
  const pdf = `${base}/${row?.id}/pdf`
  const icon = { size: 18, stroke: STROKE }
  return (
    <li className={classes.line}>
      <IconFileText size={22} stroke={STROKE} aria-hidden className={classes.icon} />
      <div className={classes.what}>
        <strong>{libelle}</strong>
        <span>{ready ? told(row) : contenu}</span>
      </div>
      <div className={classes.actions}>
        {ready ? (
          <>
            <Button component="a" href={`${pdf}?telecharger=1`} size="sm" leftSection={<IconDownload {...icon} />} aria-label={`Télécharger${NBSP}: ${libelle}`}>Télécharger</Button>
            <Button component="a" href={pdf} target="_blank" rel="noopener" variant="default" size="sm" px={10} aria-label={`Ouvrir pour imprimer${NBSP}: ${libelle}`}><IconPrinter {...icon} /></Button>
            <Button variant="default" size="sm" px={10} onClick={() => ask.mutate()} aria-label={`Refaire${NBSP}: ${libelle}`}><IconRefresh {...icon} /></Button>
          </>
        ) : (
          <Button variant="default" size="sm" loading={busy} onClick={() => ask.mutate()} aria-label={`${failed ? 'Réessayer' : 'Préparer'}${NBSP}: ${libelle}`}>{failed ? 'Réessayer' : 'Préparer'}</Button>
        )}
      </div>
      {underWay(row) && <div className={classes.progress}><ProgressBar part={(done ?? 0) / 100} nom={`Préparation${NBSP}: ${libelle}`} /></div>}
      <p className={classes.state} role="status" data-probleme={ask.error || failed ? '' : undefined}>
        {ask.error ? messageOf(ask.error) : busy ? 'En préparation…' : failed ? `Ce PDF n’a pas pu être préparé.${row.motif ? ` ${row.motif}` : ''}` : ''}
      </p>
    </li>
  )
}

/** « prêt le 12/03/2026 à 8 h 30, par Julien Lefèvre (54 ko) » */
function told({ demande_le, par, taille }: ExportView): string {
  return `Prêt, demandé le ${shortDate(demande_le)} à ${spokenHour(demande_le)} par ${par}${taille === null ? '' : ` (${fileSize(taille)})`}`
}
