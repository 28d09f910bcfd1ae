import { IconFlag } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useMoi } from '@shared/api/session'
import type { DemarcheLine } from '@shared/api/types'
import { TurnPill } from '@shared/components/TurnPill'
import { shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import classes from './DemarchesPage.module.css'

export function useMyName(): string {
  const { prenom, nom } = useMoi()
  return `${prenom} ${nom}`
}

/** Its date is past, and it is not over. */
export const dueLate = (line: Pick<DemarcheLine, 'retard_at' | 'closed_at'>): boolean =>
  line.retard_at !== null && line.closed_at === null && Date.parse(line.retard_at) < Date.now()

/** Before the rest (DEM-09). */
export function Urgent({ line }: { line: Pick<DemarcheLine, 'priorite'> }) {
  return line.priorite === 'urgente' ? <IconFlag size={14} stroke={STROKE} className={classes.urgent ?? ''} aria-label="Urgent" /> : null
}

/** Who must move, in the words of a list. */
export function turnOf(line: DemarcheLine, moi: string): ReactNode {
  if (line.closed_at || !['ouverte', 'suspendue'].includes(line.cycle)) return <span className={classes.soft}>{line.closed_at ? shortDate(line.closed_at) : ''}</span>
  if (line.cycle === 'suspendue') return <span className={classes.soft}>En pause</span>
  return <TurnPill tour={line.turn} {...(line.attendu_nom ? { nom: line.attendu_nom === moi ? 'Vous' : line.attendu_nom } : {})} />
}
