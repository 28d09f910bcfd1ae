import { Fragment } from 'react'

const REFERENCE = /((?:Réf\.\u00a0)?\b[A-Z]{2,5}-\d{4}-\d{4,}\b)/

/** A text whose references (« REC-2026-0003 ») stay in one piece: a line never breaks at their hyphens. */
export function References({ children }: { children: string }) {
  // Split by a group that is kept: every second part is a reference.
  return children.split(REFERENCE).map((part, rank) => (
    rank % 2 === 1 ? <span key={rank} className="el-insecable">{part}</span> : <Fragment key={rank}>{part}</Fragment>
  ))
}
