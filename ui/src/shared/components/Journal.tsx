import type { Icon } from '@tabler/icons-react'
import {
  IconCheck, IconCheckbox, IconEye, IconFile, IconFlag, IconForms, IconLock, IconMail, IconMessage2,
  IconPlayerPause, IconPlus, IconRoute, IconUser,
} from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { capital, civilDay, hour, type Instant, relativeDay, spokenHour } from '../format'
import { STROKE } from '../icons'
import classes from './Journal.module.css'

export type Genre =
  | 'demarche' | 'etape' | 'tache' | 'piece' | 'document' | 'commentaire' | 'note'
  | 'courriel' | 'action' | 'formulaire' | 'statut' | 'equipe'

export interface JournalItem {
  id: string
  genre: Genre | (string & {})
  at: Instant
  titre: ReactNode
  detail?: ReactNode
  auteur?: string | null
  visibilite: 'client' | 'interne'
}

const genres: Record<Genre, { libelle: string; icone: Icon }> = {
  demarche: { libelle: 'Démarche', icone: IconRoute },
  statut: { libelle: 'Statuts', icone: IconPlayerPause },
  etape: { libelle: 'Étapes', icone: IconFlag },
  tache: { libelle: 'Tâches', icone: IconCheckbox },
  piece: { libelle: 'Pièces', icone: IconFile },
  document: { libelle: 'Documents', icone: IconFile },
  formulaire: { libelle: 'Formulaires', icone: IconForms },
  commentaire: { libelle: 'Commentaires', icone: IconMessage2 },
  note: { libelle: 'Notes internes', icone: IconLock },
  courriel: { libelle: 'Courriels', icone: IconMail },
  action: { libelle: 'Actions client', icone: IconCheck },
  equipe: { libelle: 'Équipe', icone: IconUser },
}

const genreOf = (genre: string): { libelle: string; icone: Icon } =>
  genres[genre as Genre] ?? { libelle: 'Autres', icone: IconPlus }

interface Props {
  items: JournalItem[]
  /** Eye or lock on each line: for staff only. */
  visibilites?: boolean
  /** Chips that filter by kind (TL-06). */
  filtres?: boolean
  /** « 17:00 » (console) or « 17 h » (portal). */
  heures?: 'courtes' | 'parlees'
  pied?: ReactNode
}

/** Unified timeline, newest first, grouped by day (TL-02, TL-04). */
export function Journal({ items, visibilites = false, filtres = true, heures = 'courtes', pied }: Props) {
  const [genre, setGenre] = useState<string | null>(null)
  const present = [...new Set(items.map((item) => genreOf(item.genre).libelle))]
  const shown = genre ? items.filter((item) => genreOf(item.genre).libelle === genre) : items

  const days = new Map<string, JournalItem[]>()
  for (const item of shown) {
    const day = civilDay(item.at)
    days.set(day, [...(days.get(day) ?? []), item])
  }

  return (
    <div className={classes.journal}>
      {filtres && present.length > 1 && (
        <div className={classes.filters} role="group" aria-label="Filtrer par type">
          {[null, ...present].map((label) => (
            <button
              key={label ?? 'tout'}
              type="button"
              className={classes.chip}
              aria-pressed={genre === label}
              onClick={() => setGenre(label)}
            >
              {label ?? 'Tout'}
            </button>
          ))}
        </div>
      )}
      {[...days].map(([day, lines]) => (
        <section key={day}>
          <h3 className={classes.day}>{capital(relativeDay(day))}</h3>
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

function Line({ item, visibilites, heures }: { item: JournalItem; visibilites: boolean; heures: 'courtes' | 'parlees' }) {
  const { icone: Icon, libelle } = genreOf(item.genre)
  const internal = item.visibilite === 'interne'
  const Visibility = internal ? IconLock : IconEye
  const time = heures === 'courtes' ? hour(item.at) : spokenHour(item.at)
  return (
    <li className={classes.line} data-note={(internal && item.genre === 'note') || undefined}>
      <span className={classes.icon} title={libelle}>
        <Icon size={15} stroke={STROKE} aria-hidden />
        <span className="el-hors-vue">{libelle} : </span>
      </span>
      <div className={classes.text}>
        <p className={classes.title}>{item.titre}</p>
        {item.detail && <div className={classes.detail}>{item.detail}</div>}
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
