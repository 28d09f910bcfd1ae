import type { LectureView } from '../api/types'
import { Bar } from './Bar'
import classes from './Collections.module.css'
import { valueText } from './values'

/** Words longer than that take a line of their own. */
const SENTENCE = 32
/** Figures of an account that its bar tells. */
const BARRE = new Set(['en_retard', 'a_venir', 'regle'])
/** What an account says only when there is some. */
const RARES = new Set(['accessoires_regles', 'trop_percu'])

/** Figures of the day of one reading: what is due, late, already paid (REC-05, REC-06). */
export function Figures({ lecture }: { lecture: LectureView }) {
  const value = lecture.valeur as Record<string, unknown> | null
  const late = typeof value?.en_retard === 'number' ? value.en_retard : null
  const coming = typeof value?.a_venir === 'number' ? value.a_venir : null
  const paid = typeof value?.regle === 'number' ? value.regle : null
  const told = typeof value?.refus === 'string' ? value.refus : lecture.refus
  const account = late !== null && coming !== null && paid !== null
  const empty = account && late + coming + paid === 0
  // A refusal is told below, once; what has nothing to say leaves no place, nor what the bar of an account says already.
  // In an account that holds no invoice yet, a zero says nothing; fees or a refusal do.
  const figures = lecture.chiffres.filter(({ cle, valeur }) => cle !== 'refus' && valeur !== null && !(account && BARRE.has(cle)) && !((empty || (account && RARES.has(cle))) && valeur === 0))
  return (
    <div className={classes.figures}>
      {account && (empty ? <p>Aucune facture pour l’instant.</p> : <Bar paid={paid} late={late} coming={coming} />)}
      {figures.length > 0 && <dl>
        {figures.map(({ cle, libelle, valeur, format }) => (
          <div key={cle} data-fort={cle === figures[0]?.cle || undefined} data-phrase={(format === 'texte' && String(valeur).length > SENTENCE) || undefined}>
            <dt>{libelle}</dt>
            <dd>{valueText(format, valeur)}</dd>
          </div>
        ))}
      </dl>}
      {told && <p className={classes.told} role="note">{told}</p>}
    </div>
  )
}
