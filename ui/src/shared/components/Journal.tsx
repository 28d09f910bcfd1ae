import type { Icon } from '@tabler/icons-react'
import {
  IconBell, IconCheckbox, IconDeviceMobileMessage, IconEye, IconFileText, IconFileUpload, IconFlag, IconLock, IconMail, IconMessage2, IconNote, IconPhone, IconRoute,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { capital, civilDay, hour, type Instant, relativeDay, spokenHour } from '../format'
import { useNow } from '../hooks/useNow'
import { STROKE } from '../icons'
import classes from './Journal.module.css'
import { References } from './References'

/** Families of the journal, as the API names them; a note of the firm is its own. */
export type Genre = 'dossier' | 'etape' | 'tache' | 'piece' | 'document' | 'echange' | 'courriel' | 'appel' | 'message' | 'sms' | 'notification' | 'note'

/** What a timeline is cut into. */
export const FAMILLES = ['echange', 'piece', 'tache', 'etape', 'document', 'notification', 'dossier'] as const satisfies readonly Genre[]

/** What an exchange may be (ECH-02). */
export const ECHANGES = ['courriel', 'appel', 'message', 'sms', 'notification'] as const satisfies readonly Genre[]

export interface JournalItem {
  id: string
  genre: Genre
  at: Instant
  titre: ReactNode
  detail?: ReactNode
  auteur?: string | null
  visibilite: 'client' | 'interne'
}

export const genres: Record<Genre, { libelle: string; icone: Icon }> = {
  dossier: { libelle: 'Dossier', icone: IconRoute },
  etape: { libelle: 'Étapes', icone: IconFlag },
  tache: { libelle: 'Tâches', icone: IconCheckbox },
  piece: { libelle: 'Pièces', icone: IconFileUpload },
  document: { libelle: 'Documents', icone: IconFileText },
  echange: { libelle: 'Échanges', icone: IconMessage2 },
  courriel: { libelle: 'Emails', icone: IconMail },
  appel: { libelle: 'Appels téléphoniques', icone: IconPhone },
  message: { libelle: 'Messages du portail', icone: IconMessage2 },
  sms: { libelle: 'SMS', icone: IconDeviceMobileMessage },
  notification: { libelle: 'Notifications système', icone: IconBell },
  note: { libelle: 'Notes internes', icone: IconNote },
}

interface Props {
  items: JournalItem[]
  /** Eye or lock on each line: for staff only. */
  visibilites?: boolean
  /** Families that exist and how many lines each has, with the one shown (TL-06). */
  filtre?: { familles: Partial<Record<Genre, number>>; choisie: Genre | null; onChange: (genre: Genre | null) => void }
  /** « 17:00 » (console) or « 17 h » (portal). */
  heures?: 'courtes' | 'parlees'
  pied?: ReactNode
}

/** Unified timeline, newest first, grouped by day (TL-02, TL-04). */
export function Journal({ items, visibilites = false, filtre, heures = 'courtes', pied }: Props) {
  const now = useNow()
  const offered = Object.keys(filtre?.familles ?? {}) as Genre[]
  const days = new Map<string, JournalItem[]>()
  for (const item of items) {
    const day = civilDay(item.at)
    days.set(day, [...(days.get(day) ?? []), item])
  }

  return (
    <div className={classes.journal}>
      {/* One type alone is a choice too when it is chosen, or when the lines shown are not of it. */}
      {filtre && offered.length > (filtre.choisie || items.length === 0 ? 0 : 1) && (
        <div className={classes.filters} role="group" aria-label="Filtrer par type">
          {[null, ...offered].map((genre) => (
            <button
              key={genre ?? 'tout'}
              type="button"
              className={classes.chip}
              aria-pressed={filtre.choisie === genre}
              onClick={() => filtre.onChange(genre)}
            >
              {genre ? genres[genre].libelle : 'Tout'}
              {genre && <span className={classes.number}> {filtre.familles[genre]}</span>}
            </button>
          ))}
        </div>
      )}
      {[...days].map(([day, lines]) => (
        <section key={day}>
          <h3 className={classes.day}>{capital(relativeDay(day, now))}</h3>
          <ul>
            {lines.map((item) => (
              <Line key={item.id} item={item} visibilites={visibilites} heures={heures} />
            ))}
          </ul>
        </section>
      ))}
      {pied}
    </div>
  )
}

const inOnePiece = (said: ReactNode): ReactNode => (typeof said === 'string' ? <References>{said}</References> : said)

function Line({ item, visibilites, heures }: { item: JournalItem; visibilites: boolean; heures: 'courtes' | 'parlees' }) {
  const { icone: Icon, libelle } = genres[item.genre]
  const internal = item.visibilite === 'interne'
  const Visibility = internal ? IconLock : IconEye
  const time = heures === 'courtes' ? hour(item.at) : spokenHour(item.at)
  return (
    <li className={classes.line} data-note={(internal && item.genre === 'note') || undefined}>
      <span className={classes.icon} title={libelle}>
        <Icon size={15} stroke={STROKE} aria-hidden />
        <span className="el-hors-vue">{libelle} : </span>
      </span>
      <div className={classes.text}>
        <p className={classes.title}>{inOnePiece(item.titre)}</p>
        {item.detail && <div className={classes.detail}>{inOnePiece(item.detail)}</div>}
        <p className={classes.meta}>
          {item.auteur && <span>{item.auteur}</span>}
          <time dateTime={new Date(item.at).toISOString()}>{time}</time>
        </p>
      </div>
      {visibilites && (
        <span className={classes.visibility} title={internal ? 'Interne au cabinet' : 'Visible du client'}>
          <Visibility size={14} stroke={STROKE} aria-hidden />
          <span className="el-hors-vue">{internal ? 'Interne au cabinet' : 'Visible du client'}</span>
        </span>
      )}
    </li>
  )
}
