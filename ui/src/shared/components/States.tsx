import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { ApiError, messageOf } from '../api/http'
import { STROKE } from '../icons'
import classes from './States.module.css'

interface EmptyProps {
  children: ReactNode
  /** One action at most. */
  action?: ReactNode
}

/** Nothing to show: one sentence, one action, no drawing. */
export function EmptyState({ children, action }: EmptyProps) {
  return (
    <div className={classes.state}>
      <p>{children}</p>
      {action}
    </div>
  )
}

interface ErrorProps {
  error: unknown
  onRetry?: () => void
  /** Where to go instead, after a refusal. */
  ailleurs?: ReactNode
}

/** A read that failed, with its way out. A refusal (404, 403) offers no retry. */
export function ErrorState({ error, onRetry, ailleurs }: ErrorProps) {
  const final = error instanceof ApiError && error.status < 500
  return (
    <div className={classes.state} role="alert">
      <p>{messageOf(error)}</p>
      {onRetry && !final && (
        <Button variant="default" leftSection={<IconRefresh size={18} stroke={STROKE} />} onClick={onRetry}>
          Réessayer
        </Button>
      )}
      {final && ailleurs}
    </div>
  )
}

interface SkeletonProps {
  lignes?: number
  /** True height of the row it stands for, in px. */
  hauteur?: number
}

/** Rows being loaded, shown after 300 ms only, so that a fast answer does not flicker. */
export function SkeletonRows({ lignes = 4, hauteur = 47 }: SkeletonProps) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className={classes.rows} aria-busy="true">
      <span className="el-hors-vue">Chargement…</span>
      {Array.from({ length: lignes }, (_, index) => (
        <div key={index} className={classes.row} style={{ height: hauteur }} data-shown={shown || undefined}>
          <span style={{ width: `${62 - ((index * 13) % 30)}%` }} />
          <span style={{ width: `${34 - ((index * 7) % 16)}%` }} />
        </div>
      ))}
    </div>
  )
}
