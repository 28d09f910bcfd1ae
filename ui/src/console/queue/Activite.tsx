import type { Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { IconBell, IconCheckbox, IconHourglass } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { thousands } from '@shared/format'
import { STROKE } from '@shared/icons'
import type { Work } from '@shared/api/types'
import { notificationsRecentesQuery } from '../api/queries'
import classes from './Activite.module.css'
import { dueByMe } from './work'

interface Part {
  libelle: string
  n: number | undefined
  icone: Icon
  to: string
  search: Record<string, string>
}

/** What awaits, in three counts that lead to their lists (NOT-10, TDB-03, TCH-15). */
export function Activite({ work, portee }: { work: Work | undefined; portee: string }) {
  const { data: bell } = useQuery(notificationsRecentesQuery)
  const turns = work?.compteurs
  const scope: Record<string, string> = portee === 'moi' ? {} : { portee }
  const parts: Part[] = [
    { libelle: 'Notifications', n: bell?.non_lues, icone: IconBell, to: '/notifications', search: {} },
    { libelle: 'Tâches à Traiter', n: work && dueByMe(work), icone: IconCheckbox, to: '/', search: { ...scope, tour: 'cabinet' } },
    { libelle: 'Dossiers en Attente', n: turns && (turns.cabinet ?? 0) + (turns.client ?? 0), icone: IconHourglass, to: '/demarches', search: {} },
  ]
  return (
    <nav aria-label="Synthèse de l’activité">
      <ul className={classes.parts}>
        {parts.map(({ libelle, n, icone: IconOf, to, search }) => (
          <li key={libelle}>
            <Link to={to} search={search as never} className={classes.part}>
              <IconOf size={17} stroke={STROKE} aria-hidden />
              {libelle}
              <strong>{n === undefined ? '–' : thousands(n)}</strong>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
