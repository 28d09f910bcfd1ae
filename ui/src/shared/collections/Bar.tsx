import { money } from '../format'
import classes from './Collections.module.css'

/** What was recovered, is late and is to come, as shares of one bar; each share is also written (REC-05). */
export function Bar({ paid, late, coming }: { paid: number; late: number; coming: number }) {
  const total = paid + late + coming
  if (total <= 0) return null
  const parts = [
    { cle: 'regle', libelle: 'Récupéré', valeur: paid },
    { cle: 'retard', libelle: 'En retard', valeur: late },
    { cle: 'venir', libelle: 'À venir', valeur: coming },
  ]
  return (
    <div className={classes.share}>
      <div className={classes.track} aria-hidden>
        {parts.filter(({ valeur }) => valeur > 0).map(({ cle, valeur }) => <span key={cle} data-part={cle} style={{ flexGrow: valeur / total }} />)}
      </div>
      <ul>
        {parts.map(({ cle, libelle, valeur }) => (
          <li key={cle}><span data-part={cle} aria-hidden />{libelle} <strong>{money(valeur)}</strong></li>
        ))}
      </ul>
    </div>
  )
}
