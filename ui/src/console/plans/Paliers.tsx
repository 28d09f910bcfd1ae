import { NBSP } from '@shared/format'
import { jour, type Palier, VOIES } from './plans'
import classes from './Plans.module.css'

/** The steps of a plan in words, in their order. */
export function Paliers({ paliers }: { paliers: Palier[] }) {
  return (
    <ol className={classes.paliers}>
      {[...paliers].sort((one, other) => one.jours - other.jours).map(({ niveau, jours, canal, message }, index) => (
        // A step has no name of its own: two may share theirs.
        <li key={index}>
          <strong>{jour(jours)}</strong>
          <span>{VOIES[canal]}</span>
          <span className={classes.doux}>{niveau}{message ? `, «${NBSP}${message}${NBSP}»` : ''}</span>
        </li>
      ))}
    </ol>
  )
}
