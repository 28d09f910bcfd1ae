import { useQuery } from '@tanstack/react-query'
import { cabinetQuery } from '../api/queries'
import { NBSP } from '../format'
import classes from './Credit.module.css'

interface Props {
  titre: string
  /** Per cent. */
  taux: number
  libelle: string
  /** The HCSF's mark, per cent. */
  repere: number
  dessus: boolean
  /** What stands at the right of the title. */
  mention?: string
}

/** Past this share of income the gauge is full: nothing more can be read on it. */
const FULL = 60

/** A debt ratio against the HCSF's mark (CRE-14); its colour is that of the firm's thresholds (CRE-16). */
export function Jauge({ titre, taux, libelle, repere, dessus, mention }: Props) {
  const { data: cabinet } = useQuery(cabinetQuery)
  const ton = taux > (cabinet?.jauge_rouge ?? repere) ? 'rouge' : taux > (cabinet?.jauge_orange ?? repere) ? 'orange' : 'vert'
  return (
    <div>
      <p className={classes.legend}>
        <strong>{titre}{NBSP}: {libelle}</strong>
        {mention && <span>{mention}</span>}
      </p>
      <div
        className={classes.gauge}
        role="meter"
        aria-label={titre}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, taux)}
        aria-valuetext={`${libelle}. ${dessus ? 'Au-dessus du' : 'Sous le'} repère HCSF`}
        data-jauge={ton}
      >
        <span className={classes.fill} style={{ width: `${Math.min(100, (100 * taux) / FULL)}%` }} />
        <span className={classes.mark} style={{ left: `${(100 * repere) / FULL}%` }} />
      </div>
    </div>
  )
}
