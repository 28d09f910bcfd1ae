import { type UseInfiniteQueryResult, type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Icon } from '@tabler/icons-react'
import {
  IconAlertTriangle, IconBell, IconBolt, IconChecks, IconCheckbox, IconEye, IconFileDescription, IconFileText, IconFileX, IconFlag, IconLock, IconMail,
  IconMessage2, IconNote, IconPhone, IconRoute,
} from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { FileRef, JournalLine, JournalPage } from '@shared/api/types'
import { ECHANGES, genres } from '@shared/components/Journal'
import { MailDialog } from '@shared/components/MailDialog'
import { More } from '@shared/components/More'
import { References } from '@shared/components/References'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { callOf, capital, civilDay, fileSize, hour, type Instant, relativeDay, weekday } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { toldOf } from '@shared/notifications/envois'
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
  { cle: 'notification', libelle: 'Notifications', icone: IconBolt },
  { cle: 'dossier', libelle: 'Dossier', icone: IconRoute },
]

/** What an exchange may be, once « Échanges » is too much (ECH-02, ECH-03). */
export const exchanges = ECHANGES.map((cle) => ({ cle, libelle: genres[cle].libelle }))

interface Props {
  /** Of several démarches: each line names its own. */
  nommees?: boolean
  feed: UseInfiniteQueryResult<InfiniteData<JournalPage>>
}

/** Lines of a journal grouped by day, older ones on scrolling; files open, and what the client sees is chosen line by line. */
export function Lines({ feed, nommees = false }: Props) {
  const [preview, setPreview] = useState<FileRef | null>(null)
  const [mail, setMail] = useState<JournalLine | null>(null)
  const client = useQueryClient()
  const now = useNow()
  const show = async (line: JournalLine, visible: boolean): Promise<void> => {
    try {
      await call('PATCH', `/api/demarches/${line.demarche_id}/journal/${line.id}/visibilite`, { body: { visible } })
      toastDone(visible ? 'Visible du client' : 'Masqué au client')
    } catch (error) {
      toastFailure(error, () => void show(line, visible))
    }
    await client.invalidateQueries({ queryKey: ['demarche', line.demarche_id, 'journal'] })
    await client.invalidateQueries({ queryKey: ['historique'] })
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
            <h3>{dayTitle(day, now)}</h3>
            <ul>{items.map((line) => <Line key={line.id} line={line} nommee={nommees} onPreview={setPreview} onMail={() => setMail(line)} onSight={(visible) => void show(line, visible)} />)}</ul>
          </section>
        ))}
      <More feed={feed} />
      {mail && <MailDialog demarcheId={mail.demarche_id} ligne={mail.id} onClose={() => setMail(null)} />}
      {preview && <PreviewDialog fichier={preview} onClose={() => setPreview(null)} />}
    </>
  )
}

const dayTitle = (day: string, now: Instant): string => {
  const relative = relativeDay(day, now)
  return relative === weekday(day, now) ? capital(relative) : `${capital(relative)}, ${weekday(day, now)}`
}

/** Look of a line: its family, refined by what it says. */
function lookOf(line: JournalLine): { icone: Icon; ton: Ton | 'note' } {
  if (line.interne && line.famille === 'echange') return { icone: IconNote, ton: 'note' }
  if (line.non_remis) return { icone: IconAlertTriangle, ton: 'probleme' }
  if (line.prevenus.some(({ envois }) => envois.some(({ etat }) => etat === 'echec')))
    return { icone: IconAlertTriangle, ton: 'probleme' }
  if (line.appel) return { icone: IconPhone, ton: 'neutre' }
  if (line.courriel) return { icone: IconMail, ton: 'neutre' }
  if (/Refused/.test(line.type)) return { icone: IconFileX, ton: 'probleme' }
  if (/Overdue|Escalated|Failed|Alerte/.test(line.type)) return { icone: IconAlertTriangle, ton: 'probleme' }
  const family = families.find(({ cle }) => cle === line.famille)
  const done = /Completed|Validated|Closed/.test(line.type)
  return { icone: family?.icone ?? IconRoute, ton: done ? 'fait' : line.famille === 'piece' || line.famille === 'document' ? 'cabinet' : 'neutre' }
}

interface LineProps {
  line: JournalLine
  nommee: boolean
  onMail: () => void
  onPreview: (file: FileRef) => void
  /** Shows the line to the client, or hides it (TL-05). */
  onSight: (visible: boolean) => void
}

function Line({ line, nommee, onPreview, onMail, onSight }: LineProps) {
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
            {!line.reglable ? (
              <><Sight size={15} stroke={STROKE} aria-hidden /><span className="el-hors-vue">{sight}, </span></>
            ) : (
              <button type="button" className={classes.sight} title={seen ? 'Visible du client. Cliquer pour masquer.' : 'Interne au cabinet. Cliquer pour montrer au client.'} aria-label={`${sight}. ${seen ? 'Masquer au client' : 'Montrer au client'}`} onClick={() => onSight(!seen)}>
                <Sight size={15} stroke={STROKE} aria-hidden />
              </button>
            )}
            <time dateTime={line.at}>{hour(line.at)}</time>
          </span>
        </div>
        <p className={classes.who}>
          {line.acteur ?? 'Automatique'}
          {nommee && <> · <Link to="/demarches/$id" params={{ id: line.demarche_id } as never}>{line.demarche}</Link></>}
        </p>
        {line.appel && <p className={classes.who}>{callOf(line.appel)}</p>}
        {line.detail && line.detail !== 'Automatique' && line.fichiers.length === 0 && <p className={classes.detail}><References>{typo(line.detail)}</References></p>}
        {line.non_remis && <p className={classes.back}><strong>Non remis.</strong> {typo(line.non_remis)}</p>}
        {line.courriel && <button type="button" className={classes.read} onClick={onMail}><IconMail size={15} stroke={STROKE} aria-hidden />Lire l’email</button>}
        {line.prevenus.length > 0 && (
          <ul className={classes.told} aria-label="Personnes prévenues">
            {line.prevenus.map((person) => (
              <li key={person.nom} data-echec={person.envois.some(({ etat }) => etat === 'echec') || undefined}>
                {person.lu_le ? <IconChecks size={15} stroke={STROKE} aria-hidden /> : <IconBell size={15} stroke={STROKE} aria-hidden />}
                <span>{toldOf(person)}</span>
              </li>
            ))}
          </ul>
        )}
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
