import { Link } from '@tanstack/react-router'
import type { Work } from '@shared/api/types'
import { TurnMark } from '@shared/components/TurnMark'
import { thousands } from '@shared/format'
import type { Tour } from '@shared/statuses'
import classes from './Counters.module.css'

type Filtre = 'cabinet' | 'client' | 'tiers'

const parts: { tour: Tour; titre: string; aide: (moi: boolean) => string }[] = [
  { tour: 'cabinet', titre: 'Au tour du cabinet', aide: (moi) => (moi ? 'à faire par vous' : 'à faire par l’équipe') },
  { tour: 'client', titre: 'Au tour du client', aide: () => 'en attente du client' },
  { tour: 'tiers', titre: 'Chez un tiers', aide: () => 'salarié, organisme…' },
  { tour: 'personne', titre: 'Rien à faire', aide: () => 'en cours normal' },
]

/** The server counts no further. */
export const COUNTED = 1000

/** « démarche », « démarches », « démarches et plus ». */
function noun(n: number | undefined): string {
  if (n === undefined) return 'démarches'
  return n < 2 ? 'démarche' : n < COUNTED ? 'démarches' : 'démarches et plus'
}

interface Props {
  compteurs: Work['compteurs'] | undefined
  tour: Filtre | undefined
  onTour: (tour: Filtre | undefined) => void
  portee: string
}

/** Démarches by turn. The first three filter the queue; the last, where nobody is awaited, opens the list. */
export function Counters({ compteurs, tour, onTour, portee }: Props) {
  return (
    <div className={classes.counters} role="group" aria-label="Démarches, par tour">
      {parts.map(({ tour: key, titre, aide }) => {
        const n = compteurs?.[key]
        const content = (
          <>
            <span className={classes.title}><TurnMark tour={key} />{titre}</span>
            <span className={classes.value}>
              <strong>{n === undefined ? '–' : thousands(n)}</strong>
              <span>{noun(n)}<span className={classes.help}> · {aide(portee === 'moi')}</span></span>
            </span>
          </>
        )
        return key === 'personne' ? (
          <Link key={key} to="/demarches" search={{ turn: 'personne' } as never} className={classes.counter}>{content}</Link>
        ) : (
          <button key={key} type="button" className={classes.counter} aria-pressed={tour === key} data-tour={key} onClick={() => onTour(tour === key ? undefined : key)}>
            {content}
          </button>
        )
      })}
      <span className={classes.bar} aria-hidden="true">
        {parts.map(({ tour: key }) => (
          <span key={key} data-ton={key === 'personne' ? 'neutre' : key} style={{ flexGrow: compteurs?.[key] ?? 0 }} />
        ))}
      </span>
    </div>
  )
}
