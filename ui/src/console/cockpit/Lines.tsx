import { Button } from '@mantine/core'
import { type UseInfiniteQueryResult, type InfiniteData, useQueryClient } from '@tanstack/react-query'
import type { Icon } from '@tabler/icons-react'
import {
  IconAlertTriangle, IconBolt, IconCheckbox, IconEye, IconFileDescription, IconFileText, IconFileX, IconFlag, IconLock,
  IconMessage2, IconNote, IconRoute,
} from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { call } from '@shared/api/http'
import type { FileRef, JournalLine, JournalPage } from '@shared/api/types'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { capital, civilDay, fileSize, hour, relativeDay, weekday } from '@shared/format'
import { STROKE } from '@shared/icons'
import type { Ton } from '@shared/statuses'
import { PreviewDialog } from '@shared/viewer/PreviewDialog'
import { typo } from '../components/typo'
import { toastDone, toastFailure } from '../components/toasts'
import classes from './Activite.module.css'

export const families: { cle: string; libelle: string; icone: Icon }[] = [
  { cle: 'echange', libelle: 'Échanges', icone: IconMessage2 },
  { cle: 'piece', libelle: 'Pièces', icone: IconFileText },
  { cle: 'tache', libelle: 'Tâches', icone: IconCheckbox },
  { cle: 'etape', libelle: 'Étapes', icone: IconFlag },
  { cle: 'document', libelle: 'Documents', icone: IconFileDescription },
  { cle: 'notification', libelle: 'Envois', icone: IconBolt },
  { cle: 'dossier', libelle: 'Dossier', icone: IconRoute },
]

interface Props {
  demarcheId: string
  feed: UseInfiniteQueryResult<InfiniteData<JournalPage>>
}

/** Lines of a journal grouped by day, older ones on scrolling; files open, and what the client sees is chosen line by line. */
export function Lines({ demarcheId, feed }: Props) {
  const [preview, setPreview] = useState<FileRef | null>(null)
  const client = useQueryClient()
  const show = async (line: JournalLine, visible: boolean): Promise<void> => {
    try {
      await call('PATCH', `/api/demarches/${demarcheId}/journal/${line.id}/visibilite`, { body: { visible } })
      toastDone(visible ? 'Visible du client' : 'Masqué au client')
    } catch (error) {
      toastFailure(error, () => void show(line, visible))
    }
    await client.invalidateQueries({ queryKey: ['demarche', demarcheId, 'journal'] })
  }

  const lines = feed.data?.pages.flatMap((page) => page.items) ?? []
  const days = new Map<string, JournalLine[]>()
  for (const line of lines) {
    const day = civilDay(line.at)
    days.set(day, [...(days.get(day) ?? []), line])
  }
  return (
    <>
      {feed.isError && lines.length === 0 ? <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />
        : !feed.data ? <SkeletonRows lignes={6} hauteur={64} />
        : lines.length === 0 ? <EmptyState>Rien encore de ce côté.</EmptyState>
        : [...days].map(([day, items]) => (
          <section key={day} className={classes.day}>
            <h3>{dayTitle(day)}</h3>
            <ul>{items.map((line) => <Line key={line.id} line={line} onPreview={setPreview} onSight={(visible) => void show(line, visible)} />)}</ul>
          </section>
        ))}
      {feed.hasNextPage && <More busy={feed.isFetchingNextPage} failed={feed.isFetchNextPageError} onMore={() => void feed.fetchNextPage()} />}
      {preview && <PreviewDialog fichier={preview} onClose={() => setPreview(null)} />}
    </>
  )
}

const dayTitle = (day: string): string => {
  const relative = relativeDay(day)
  return relative === weekday(day) ? capital(relative) : `${capital(relative)}, ${weekday(day)}`
}

/** Loads the next lines when it comes into view; a button for the keyboard, and after a failure. */
function More({ busy, failed, onMore }: { busy: boolean; failed: boolean; onMore: () => void }) {
  const mark = useRef<HTMLDivElement>(null)
  const more = useRef(onMore)
  useEffect(() => {
    more.current = onMore
  })
  useEffect(() => {
    const element = mark.current
    if (!element || failed) return
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) more.current()
    }, { rootMargin: '300px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [failed])
  return (
    <div ref={mark} className={classes.more}>
      <Button variant="subtle" loading={busy} onClick={onMore}>{failed ? 'Réessayer' : 'Voir la suite'}</Button>
    </div>
  )
}

/** Look of a line: its family, refined by what it says. */
function lookOf(line: JournalLine): { icone: Icon; ton: Ton | 'note' } {
  if (line.interne && line.famille === 'echange') return { icone: IconNote, ton: 'note' }
  if (/Refused/.test(line.type)) return { icone: IconFileX, ton: 'probleme' }
  if (/Overdue|Escalated|Failed|Alerte/.test(line.type)) return { icone: IconAlertTriangle, ton: 'probleme' }
  const family = families.find(({ cle }) => cle === line.famille)
  const done = /Completed|Validated|Closed/.test(line.type)
  return { icone: family?.icone ?? IconRoute, ton: done ? 'fait' : line.famille === 'piece' || line.famille === 'document' ? 'cabinet' : 'neutre' }
}

interface LineProps {
  line: JournalLine
  onPreview: (file: FileRef) => void
  /** Shows the line to the client, or hides it (TL-05). */
  onSight: (visible: boolean) => void
}

function Line({ line, onPreview, onSight }: LineProps) {
  const { icone: Icon, ton } = lookOf(line)
  const seen = line.visible && !line.interne
  const Sight = seen ? IconEye : IconLock
  const sight = seen ? 'Visible du client' : 'Interne au cabinet'
  return (
    <li className={classes.line} data-note={ton === 'note' || undefined}>
      <span className={classes.icon} data-ton={ton === 'note' ? undefined : ton}><Icon size={16} stroke={STROKE} aria-hidden /></span>
      <div className={classes.body}>
        <div className={classes.top}>
          <p className={classes.title}>{typo(line.titre)}</p>
          <span className={classes.when}>
            {line.interne ? (
              <><Sight size={15} stroke={STROKE} aria-hidden /><span className="el-hors-vue">{sight}, </span></>
            ) : (
              <button type="button" className={classes.sight} title={seen ? 'Visible du client. Cliquer pour masquer.' : 'Interne au cabinet. Cliquer pour montrer au client.'} aria-label={`${sight}. ${seen ? 'Masquer au client' : 'Montrer au client'}`} onClick={() => onSight(!seen)}>
                <Sight size={15} stroke={STROKE} aria-hidden />
              </button>
            )}
            <time dateTime={line.at}>{hour(line.at)}</time>
          </span>
        </div>
        <p className={classes.who}>{line.acteur ?? 'Automatique'}</p>
        {line.detail && line.detail !== 'Automatique' && line.fichiers.length === 0 && <p className={classes.detail}>{typo(line.detail)}</p>}
        {line.fichiers.map((file) => (
          <button key={file.id} type="button" className={classes.file} onClick={() => onPreview(file)}>
            <span className={classes.kind}>{extension(file)}</span>
            <span className={classes.fileText}><strong>{file.nom}</strong><span>{fileSize(file.taille)}</span></span>
            <span className={classes.see}>Voir</span>
          </button>
        ))}
      </div>
    </li>
  )
}

export const extension = (file: FileRef): string => (file.nom.split('.').at(-1) ?? '').slice(0, 4).toUpperCase() || 'FIC'
