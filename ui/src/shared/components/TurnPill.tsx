import { type Tour, tours } from '../statuses'
import { TurnMark } from './TurnMark'
import classes from './TurnPill.module.css'

interface Props {
  tour: Tour
  /** Who must move: « Vous », « Julien Lefèvre », « Assureur ». Defaults to the side's name. */
  nom?: string
  /** White ground, on a selected row. */
  clair?: boolean
}

/** Whose turn it is: shape, colour and a name. */
export function TurnPill({ tour, nom, clair = false }: Props) {
  const { libelle, ton } = tours[tour]
  return (
    <span className={classes.pill} data-ton={ton} data-clair={clair || undefined}>
      <TurnMark tour={tour} />
      <span className={classes.name}>{nom ?? libelle}</span>
      {nom && <span className="el-hors-vue"> ({libelle.toLowerCase()})</span>}
    </span>
  )
}
