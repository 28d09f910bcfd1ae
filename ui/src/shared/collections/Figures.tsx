import type { LectureView } from '../api/types'
import { Bar } from './Bar'
import classes from './Collections.module.css'
import { valueText } from './values'

/** Words longer than that take a line of their own. */
const SENTENCE = 32

/** Figures of the day of one reading: what is due, late, already paid (REC-05, REC-06). */
export function Figures({ lecture }: { lecture: LectureView }) {
  const value = lecture.valeur as Record<string, unknown> | null
  const late = typeof value?.en_retard === 'number' ? value.en_retard : null
  const coming = typeof value?.a_venir === 'number' ? value.a_venir : null
  const paid = typeof value?.regle === 'number' ? value.regle : null
  const told = typeof value?.refus === 'string' ? value.refus : lecture.refus
  // A refusal is told below, once; words that have nothing to say leave no place.
  const figures = lecture.chiffres.filter(({ cle, format, valeur }) => cle !== 'refus' && !(format === 'texte' && valeur === null))
  return (
    <div className={classes.figures}>
      {late !== null && coming !== null && paid !== null && <Bar paid={paid} late={late} coming={coming} />}
      <dl>
        {figures.map(({ cle, libelle, valeur, format }) => (
          <div key={cle} data-fort={cle === figures[0]?.cle || undefined} data-phrase={(format === 'texte' && String(valeur).length > SENTENCE) || undefined}>
            <dt>{libelle}</dt>
            <dd>{valueText(format, valeur)}</dd>
          </div>
        ))}
      </dl>
      {told && <p className={classes.told} role="note">{told}</p>}
    </div>
  )
}
