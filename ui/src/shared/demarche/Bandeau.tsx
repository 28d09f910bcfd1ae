import type { DemarcheView } from '../api/types'
import classes from './Bandeau.module.css'

const SPOKEN = { fait: 'fait', en_cours: 'en cours', a_faire: 'à venir' } as const

/** Where a démarche stands, in the few marks its modèle chose; always shown, on both sides (CRE-08). */
export function Bandeau({ bandeau }: Pick<DemarcheView, 'bandeau'>) {
  return (
    <ol className={classes.bandeau} aria-label="Progression">
      {bandeau.map(({ libelle, statut }) => (
        <li key={libelle} data-statut={statut} aria-current={statut === 'en_cours' ? 'step' : undefined}>
          <span className={classes.label}>{libelle}</span>
          <span className="el-hors-vue">{SPOKEN[statut]}</span>
        </li>
      ))}
    </ol>
  )
}
