import { percent } from '../format'
import type { Ton } from '../statuses'
import classes from './Progress.module.css'

interface BarProps {
  /** Share done, 0 to 1. */
  part: number
  ton?: Ton
  /** What progresses, for screen readers. */
  nom: string
  /** Written next to the bar; « 40 % » by default, null for none. */
  texte?: string | null
}

/** Progress bar with its value in words. */
export function ProgressBar({ part, ton = 'cabinet', nom, texte = percent(part) }: BarProps) {
  const share = Math.min(1, Math.max(0, part))
  return (
    <span className={classes.row}>
      <span
        className={classes.bar}
        data-ton={ton}
        role="progressbar"
        aria-label={nom}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={texte ?? percent(share)}
      >
        <span className={classes.fill} style={{ width: `${share * 100}%` }} />
      </span>
      {texte !== null && <span className={classes.value} aria-hidden>{texte}</span>}
    </span>
  )
}

export interface Segment {
  ton: Ton
  /** Share filled, 0 to 1. */
  part: number
}

interface SegmentsProps {
  segments: Segment[]
  /** Said to screen readers: « Étape 3 sur 7, 40 % ». */
  texte: string
}

/** One segment for each étape or pièce, the current one partly filled. */
export function ProgressSegments({ segments, texte }: SegmentsProps) {
  return (
    <span className={classes.segments} role="img" aria-label={texte}>
      {segments.map(({ ton, part }, index) => (
        <span key={index} className={classes.segment} data-ton={ton} data-vide={part === 0 || undefined}>
          <span className={classes.fill} style={{ width: `${part * 100}%` }} />
        </span>
      ))}
    </span>
  )
}
