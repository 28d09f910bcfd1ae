import type { LectureView } from '../api/types'
import { Card } from '../components/Card'
import { EmptyState } from '../components/States'
import classes from './Collections.module.css'
import { SideBySide } from './SideBySide'
import { type Format, valueText } from './values'

interface Plan {
  id: string
  nom: string
  conseille: boolean
  refus: string | null
  [figure: string]: unknown
}

const ROWS: { cle: string; libelle: string; format: Format; unite?: string; forte?: boolean }[] = [
  { cle: 'mensualite', libelle: 'Mensualité', format: 'montant', forte: true },
  { cle: 'duree', libelle: 'Durée', format: 'nombre', unite: 'mois' },
  { cle: 'fin', libelle: 'Fin', format: 'date' },
  { cle: 'cout', libelle: 'Coût', format: 'montant' },
  { cle: 'reste_a_vivre', libelle: 'Reste à vivre', format: 'montant' },
  { cle: 'endettement', libelle: 'Taux d’endettement', format: 'texte' },
]

/** « Plans comparés »: each plan of repayment in its column; one that cannot be says why below (DET-20, DET-21). */
export function PlansDette({ lecture }: { lecture: LectureView }) {
  const plans = (lecture.valeur as unknown as { scenarios: Plan[] }).scenarios
  if (plans.length === 0) return <Card><EmptyState>Aucun plan à comparer pour l’instant.</EmptyState></Card>
  return (
    <Card nue>
      <SideBySide
        titre="Plans comparés"
        legende="Plans d’apurement, côte à côte"
        colonnes={plans.map(({ id, nom, conseille }) => ({ id, nom, mention: conseille ? 'Le plus soutenable' : 'Plan' }))}
        lignes={[
          // What was asked stands beside what it gives: equal payments, none above it.
          ...(plans.some(({ plafond }) => plafond !== null && plafond !== undefined) ? [{ libelle: 'Au plus par mois', valeurs: plans.map(({ plafond }) => (plafond === null || plafond === undefined ? '–' : valueText('montant', plafond))) }] : []),
          ...ROWS.map(({ cle, libelle, format, unite, forte }) => ({ libelle, forte, valeurs: plans.map((plan) => (plan[cle] === null ? '–' : valueText(format, plan[cle], null, unite))) })),
          { libelle: 'Soutenable', valeurs: plans.map(({ refus, soutenable }) => (refus ? '–' : valueText('booleen', soutenable))) },
        ]}
      />
      {plans.filter(({ refus }) => refus).map(({ id, nom, refus }) => (
        <p key={id} className={classes.refused} role="note"><strong>{nom}</strong> {refus}</p>
      ))}
    </Card>
  )
}

export default PlansDette
