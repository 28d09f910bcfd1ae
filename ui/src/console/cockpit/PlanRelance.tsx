import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { shortDate } from '@shared/format'
import classes from './PlanRelance.module.css'

/** Where « PLAN DE RELANCE » leads. */
export const PLAN = 'plan-de-relance'

const VOIES = { courriel: 'E-mail', sms: 'SMS', tache: 'Appel à passer', document: 'Lettre' } as const

/** The last step that went, « R2 »; nothing before the first (REC-06). */
export const niveauActuel = (demarche: DemarcheView): string | null =>
  demarche.plan_relance.findLast(({ statut }) => statut === 'fait')?.niveau ?? null

/** Steps of the plan of reminders, in order: which went, and when the next goes (REC-10). */
export function PlanRelance({ demarche }: { demarche: DemarcheView }) {
  if (demarche.plan_relance.length === 0) return null
  const actuel = niveauActuel(demarche)
  return (
    <Section titre="Plan de relance">
      <Card>
        <ol id={PLAN} tabIndex={-1} className={classes.steps}>
          {demarche.plan_relance.map(({ niveau, moment, canaux, statut, fait_at, prevu_at }) => (
            <li key={niveau} data-statut={statut} aria-current={niveau === actuel ? 'step' : undefined}>
              <span className={classes.mark} aria-hidden />
              <strong>{niveau}{moment && <span>{moment}</span>}</strong>
              <p>{canaux.map((canal) => VOIES[canal]).join(', ')}</p>
              <p className={classes.when}>
                {fait_at ? `Fait le ${shortDate(fait_at)}` : prevu_at ? `Prévu le ${shortDate(prevu_at)}` : 'Pas encore'}
              </p>
            </li>
          ))}
        </ol>
      </Card>
    </Section>
  )
}
