import { Button } from '@mantine/core'
import { useState } from 'react'
import { may, useMoi } from '@shared/api/session'
import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { NBSP, shortDate } from '@shared/format'
import { AppliquerPlan } from '../plans/AppliquerPlan'
import { PlanDialog } from '../plans/PlanDialog'
import { paliersOf, planOf, VOIES } from '../plans/plans'
import plans from '../plans/Plans.module.css'
import classes from './PlanRelance.module.css'

/** An étape of the plan makes a letter of its own. */
const ICI = { ...VOIES, document: 'Lettre' }

/** Where « PLAN DE RELANCE » leads. */
export const PLAN = 'plan-de-relance'

/** What is claimed is paid in full: nothing more will be asked. */
const soldee = (demarche: DemarcheView): boolean => {
  const compte = demarche.lectures.find(({ fonction }) => fonction === 'situation_de_compte')?.valeur as { reste_du?: number; regle?: number } | null | undefined
  return compte?.reste_du === 0 && (compte.regle ?? 0) > 0
}

const dernierFait = (demarche: DemarcheView) => demarche.plan_relance.findLast(({ statut }) => statut === 'fait')

/** The last step that went, « R2 »; nothing before the first (REC-06). */
export const niveauActuel = (demarche: DemarcheView): string | null => dernierFait(demarche)?.niveau ?? null

/** What became of a step, or will; `depasse`: the plan has gone further. */
const quand = ({ statut, fait_at, prevu_at }: DemarcheView['plan_relance'][number], depasse: boolean): string => {
  if (fait_at) return `Fait le ${shortDate(fait_at)}`
  if (prevu_at) return statut === 'manque' ? `Manqué, prévu le ${shortDate(prevu_at)}` : `Prévu le ${shortDate(prevu_at)}`
  return depasse ? 'Sans objet' : 'Pas encore'
}

/** Steps of the plan of reminders, in order: which went, and when the next goes; a plan of the library may take their place (REC-10). */
export function PlanRelance({ demarche }: { demarche: DemarcheView }) {
  const moi = useMoi()
  const [ouvert, setOuvert] = useState<'appliquer' | 'enregistrer' | null>(null)
  const collection = planOf(demarche)
  if (demarche.plan_relance.length === 0 && !collection) return null
  const actuel = dernierFait(demarche)
  const franchi = actuel ? demarche.plan_relance.lastIndexOf(actuel) : -1
  const fini = demarche.closed_at !== null || soldee(demarche)
  return (
    <Section
      titre="Plan de relance"
      aside={collection?.gerable && (
        <span className={plans.gestes}>
          <Button variant="default" size="xs" onClick={() => setOuvert('appliquer')}>Appliquer un plan…</Button>
          {may(moi, 'plan.regler') && collection.lignes.length > 0 && <Button variant="subtle" size="xs" onClick={() => setOuvert('enregistrer')}>Enregistrer comme plan…</Button>}
        </span>
      )}
    >
      <Card>
        {demarche.plan_relance.length === 0 && <EmptyState>Aucun palier{NBSP}: aucune relance ne partira.</EmptyState>}
        <ol id={PLAN} tabIndex={-1} className={classes.steps}>
          {demarche.plan_relance.map((palier, rang) => (
            // Two steps may have the same name.
            <li key={rang} data-statut={palier.statut} aria-current={palier === actuel ? 'step' : undefined}>
              <span className={classes.mark} aria-hidden />
              <strong>{palier.niveau}{palier.moment && <span>{palier.moment}</span>}</strong>
              <p>{palier.canaux.map((canal) => ICI[canal]).join(', ')}</p>
              <p className={classes.when}>
                {quand(palier, fini || rang < franchi)}
              </p>
            </li>
          ))}
        </ol>
      </Card>
      {ouvert === 'appliquer' && collection && <AppliquerPlan demarcheId={demarche.id} collection={collection} onClose={() => setOuvert(null)} />}
      {ouvert === 'enregistrer' && collection && <PlanDialog paliers={paliersOf(collection)} onClose={() => setOuvert(null)} />}
    </Section>
  )
}
