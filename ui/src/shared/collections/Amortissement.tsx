import type { LectureView } from '../api/types'
import { Card } from '../components/Card'
import { money } from '../format'
import { Figures } from './Figures'
import classes from './Credit.module.css'

interface Echeance { rang: number; libelle: string | null; interets: number; capital: number; assurance: number; total: number; restant: number }
interface Tableau { refus: string | null; note: string | null; bail: boolean; echeances: Echeance[] }

/** « Tableau d’amortissement » of the loan retained, month by month, as its type is paid back (CRE-04). */
export function Amortissement({ lecture }: { lecture: LectureView }) {
  const { echeances, refus, note, bail } = lecture.valeur as unknown as Tableau
  if (refus) return <Card><p className={classes.alert} role="note">{refus}</p></Card>
  const sum = (of: (echeance: Echeance) => number): string => money(echeances.reduce((total, echeance) => total + of(echeance), 0))
  return (
    <Card nue>
      {lecture.chiffres.length > 0 && <Figures lecture={lecture} />}
      {note && <p className={classes.note}>{note}</p>}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Tableau d’amortissement">
        <table className={classes.years}>
          <thead>
            <tr><th scope="col">Mois</th><th scope="col">{bail ? 'Loyer' : 'Échéance'}</th><th scope="col">Intérêts</th><th scope="col">Capital</th><th scope="col">Assurance</th><th scope="col">Restant dû</th></tr>
          </thead>
          <tbody>
            {echeances.map(({ rang, libelle, total, interets, capital, assurance, restant }) => (
              <tr key={rang}><th scope="row">{libelle ?? rang}</th><td>{money(total)}</td><td>{money(interets)}</td><td>{money(capital)}</td><td>{money(assurance)}</td><td>{money(restant)}</td></tr>
            ))}
          </tbody>
          <tfoot>
            <tr><th scope="row">Total</th><td>{sum(({ total }) => total)}</td><td>{sum(({ interets }) => interets)}</td><td>{sum(({ capital }) => capital)}</td><td>{sum(({ assurance }) => assurance)}</td><td /></tr>
          </tfoot>
        </table>
      </div>
    </Card>
  )
}

export default Amortissement
