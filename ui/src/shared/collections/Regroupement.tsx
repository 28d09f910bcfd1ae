import type { LectureView } from '../api/types'
import { Card } from '../components/Card'
import { Figures } from './Figures'
import { Jauge } from './Jauge'
import classes from './Credit.module.css'

interface Effort { taux_endettement: string; endettement_libelle: string; au_dessus_repere: boolean }
interface Regroupe { avant: Effort | null; apres: Effort | null; taux_repere: string | null; refus: string | null }

/** Figures that the gauges say. */
const GAUGED = ['endettement', 'endettement_avant']

/** A grouping of loans: its figures, and the debt ratio before and after, on the same gauge (CRE-14). */
export function Regroupement({ lecture }: { lecture: LectureView }) {
  const { avant, apres, taux_repere, refus } = lecture.valeur as unknown as Regroupe
  return (
    <Card nue>
      <Figures lecture={{ ...lecture, chiffres: lecture.chiffres.filter(({ cle }) => !GAUGED.includes(cle)) }} />
      {!refus && avant && apres && taux_repere && (
        <div className={classes.credit}>
          <Jauge titre="Taux d’endettement aujourd’hui" mention={`Repère HCSF : ${taux_repere.replace('.', ',')} %`} {...effort(avant, taux_repere)} />
          <Jauge titre="Après regroupement, assurance comprise" {...effort(apres, taux_repere)} />
          {apres.au_dessus_repere && (
            <p className={classes.alert} role="note">Au-dessus du repère HCSF même après regroupement. Ce n’est pas un refus : chaque banque en décide.</p>
          )}
        </div>
      )}
    </Card>
  )
}

const effort = ({ taux_endettement, endettement_libelle, au_dessus_repere }: Effort, repere: string) =>
  ({ taux: Number(taux_endettement), libelle: endettement_libelle, repere: Number(repere), dessus: au_dessus_repere })

export default Regroupement
