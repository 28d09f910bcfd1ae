import type { Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { IconBell, IconCheckbox, IconHourglass } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { thousands } from '@shared/format'
import { STROKE } from '@shared/icons'
import type { Work } from '@shared/api/types'
import { notificationsRecentesQuery } from '../api/queries'
import classes from './Activite.module.css'
import { COUNTED } from './Counters'
import { dueByMe } from './work'

interface Part {
  libelle: string
  n: number | undefined
  /** There may be more: the server counts no further. */
  plus?: boolean
  icone: Icon
  /** Its list, when there is one that holds just those. */
  to?: string
  search?: Record<string, string>
}

/** What awaits, in three counts; the first two lead to their lists (NOT-10, TDB-03, TCH-15). */
export function Activite({ work, portee }: { work: Work | undefined; portee: string }) {
  const { data: bell } = useQuery(notificationsRecentesQuery)
  const turns = work?.compteurs
  const turn = (cle: 'cabinet' | 'client'): number => turns?.[cle] ?? 0
  const scope: Record<string, string> = portee === 'moi' ? {} : { portee }
  const parts: Part[] = [
    { libelle: 'Notifications', n: bell?.non_lues, icone: IconBell, to: '/notifications' },
    { libelle: 'Tâches à Traiter', n: work && dueByMe(work), plus: work?.groupes.some(({ cle, au_moins }) => cle !== 'client' && au_moins) ?? false, icone: IconCheckbox, to: '/', search: { ...scope, tour: 'cabinet' } },
    // Of this scope, at the firm's turn or at the client's: no list of the démarches is that one.
    { libelle: 'Dossiers en Attente', n: turns && turn('cabinet') + turn('client'), plus: turn('cabinet') >= COUNTED || turn('client') >= COUNTED, icone: IconHourglass },
  ]
  return (
    <nav aria-label="Synthèse de l’activité">
      <ul className={classes.parts}>
        {parts.map(({ libelle, n, plus = false, icone: IconOf, to, search = {} }) => {
          const content = (
            <>
              <IconOf size={17} stroke={STROKE} aria-hidden />
              {libelle}
              <strong>{n === undefined ? '–' : thousands(n)}{plus && ' et plus'}</strong>
            </>
          )
          return <li key={libelle}>{to ? <Link to={to} search={search as never} className={classes.part}>{content}</Link> : <span className={classes.part}>{content}</span>}</li>
        })}
      </ul>
    </nav>
  )
}
