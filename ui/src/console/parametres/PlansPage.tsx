import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { NBSP, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import { Paliers } from '../plans/Paliers'
import { PlanDialog } from '../plans/PlanDialog'
import { type Plan, PLANS, plansQuery } from '../plans/plans'
import classes from '../plans/Plans.module.css'
import { Reglages } from './Reglages'

/** The firm's plans of reminders, made by any conseiller and shared by all (REC-10). */
export function PlansPage() {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(plansQuery)
  const [ouvert, setOuvert] = useState<Plan | 'nouveau' | null>(null)
  const [retire, setRetire] = useState<Plan | null>(null)
  return (
    <Reglages
      droit="plan.regler"
      sousTitre="Les plans de relance que tous les conseillers emploient"
      actions={<Button leftSection={<IconPlus size={16} stroke={STROKE} />} onClick={() => setOuvert('nouveau')}>Nouveau plan</Button>}
    >
      {!data ? <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={64} />}</Card>
        : data.length === 0 ? <Card><EmptyState>Aucun plan de relance. Chaque dossier suit alors celui de son modèle.</EmptyState></Card>
        : data.map((plan) => (
          <Card key={plan.id}>
            <div className={classes.pile}>
              <div className={classes.tete}>
                <h2>{plan.nom}</h2>
                <span className={classes.gestes}>
                  <Button variant="default" size="xs" aria-label={`Modifier ${plan.nom}`} onClick={() => setOuvert(plan)}>Modifier</Button>
                  <Button variant="subtle" color="gray" size="xs" aria-label={`Retirer ${plan.nom}`} onClick={() => setRetire(plan)}>Retirer</Button>
                </span>
              </div>
              {plan.description && <p className={classes.doux}>{plan.description}</p>}
              <Paliers paliers={plan.paliers} />
              <p className={classes.doux}>{plan.updated_par ? `Par ${plan.updated_par}, le` : 'Le'} {shortDate(plan.updated_at)}</p>
            </div>
          </Card>
        ))}
      {ouvert && <PlanDialog plan={ouvert === 'nouveau' ? undefined : ouvert} onClose={() => setOuvert(null)} />}
      <ConfirmDialog
        ouvert={retire !== null}
        onClose={() => setRetire(null)}
        titre={`Retirer «${NBSP}${retire?.nom ?? ''}${NBSP}»`}
        action="Retirer"
        danger
        onConfirm={async () => {
          await call('DELETE', `${PLANS}/${retire?.id ?? ''}`)
          await client.invalidateQueries({ queryKey: plansQuery.queryKey })
          toastDone('Plan de relance retiré')
        }}
      >
        Les dossiers où il a été appliqué gardent leurs paliers.
      </ConfirmDialog>
    </Reglages>
  )
}
