import type { LectureView } from '../api/types'
import { Card } from '../components/Card'
import { money } from '../format'
import classes from './Credit.module.css'

interface Echeance { rang: number; interets: number; capital: number; assurance: number; total: number; restant: number }

/** « Tableau d’amortissement » of the loan retained, month by month. */
export function Amortissement({ lecture }: { lecture: LectureView }) {
  const { echeances, refus } = lecture.valeur as unknown as { echeances: Echeance[]; refus: string | null }
  if (refus) return <Card><p className={classes.alert} role="note">{refus}</p></Card>
  return (
    <Card nue>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Tableau d’amortissement">
        <table className={classes.years}>
          <thead>
            <tr><th scope="col">Mois</th><th scope="col">Échéance</th><th scope="col">Intérêts</th><th scope="col">Capital</th><th scope="col">Assurance</th><th scope="col">Restant dû</th></tr>
          </thead>
          <tbody>
            {echeances.map(({ rang, total, interets, capital, assurance, restant }) => (
              <tr key={rang}><th scope="row">{rang}</th><td>{money(total)}</td><td>{money(interets)}</td><td>{money(capital)}</td><td>{money(assurance)}</td><td>{money(restant)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

export default Amortissement
