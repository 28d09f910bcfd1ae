import type { LectureView } from '../api/types'
import { Card } from '../components/Card'
import { money } from '../format'
import { Figures } from './Figures'
import { Jauge } from './Jauge'
import classes from './Credit.module.css'

interface Resultat {
  interets: number
  garantie: number
  assurance: number
  taux_endettement: string
  endettement_libelle: string
  au_dessus_repere: boolean
  repere: string
  taux_repere: string
  duree_repere: number
  au_dessus_usure: boolean | null
  refus_usure: string | null
}
interface Annee { annee: number; interets: number; capital: number; assurance: number; restant: number }

/** Cards of a loan: payment, debt ratio as a gauge against the HCSF mark, what is left, cost in its parts (CRE-14). */
export function Simulation({ lecture }: { lecture: LectureView }) {
  const { resultat, annees } = lecture.valeur as unknown as { resultat: Resultat | null; annees: Annee[] }
  return (
    <Card nue>
      <Figures lecture={lecture} />
      {resultat && (
        <div className={classes.credit}>
          <Jauge
            titre="Taux d’endettement, assurance comprise"
            libelle={resultat.endettement_libelle}
            taux={Number(resultat.taux_endettement)}
            repere={Number(resultat.taux_repere)}
            dessus={resultat.au_dessus_repere}
            mention={`Repère HCSF : ${resultat.taux_repere.replace('.', ',')} % et ${resultat.duree_repere / 12} ans`}
          />
          {resultat.au_dessus_repere && (
            <p className={classes.alert} role="note">
              Au-dessus du repère HCSF. Ce n’est pas un refus : chaque banque garde une marge de 20 % de ses crédits au-delà de ce repère, surtout pour une résidence principale.
            </p>
          )}
          <p>
            Coût total : intérêts {money(resultat.interets)}, garantie {money(resultat.garantie)}, assurance {money(resultat.assurance)}.
          </p>
          {resultat.au_dessus_usure && <p className={classes.alert} role="note">Le TAEG dépasse le taux d’usure : aucune banque ne peut prêter à ces conditions.</p>}
          {resultat.refus_usure && <p className={classes.aside}>{resultat.refus_usure}</p>}
          <details>
            <summary>Échéancier par année</summary>
            <div className={classes.scroll} tabIndex={0} role="region" aria-label="Échéancier par année">
              <table className={classes.years}>
                <thead>
                  <tr><th scope="col">Année</th><th scope="col">Intérêts</th><th scope="col">Capital</th><th scope="col">Assurance</th><th scope="col">Restant dû</th></tr>
                </thead>
                <tbody>
                  {annees.map(({ annee, interets, capital, assurance, restant }) => (
                    <tr key={annee}><th scope="row">{annee}</th><td>{money(interets)}</td><td>{money(capital)}</td><td>{money(assurance)}</td><td>{money(restant)}</td></tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </div>
      )}
    </Card>
  )
}

export default Simulation
