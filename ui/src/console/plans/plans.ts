import { queryOptions } from '@tanstack/react-query'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import type { CollectionView, DemarcheView } from '@shared/api/types'

type Schemas = components['schemas']
export type Plan = Schemas['PlanVue']
export type Palier = Schemas['Palier']
export type Canal = Palier['canal']

export const PLANS = '/api/plans-relance'
export const MAX_PALIERS = 20

/** The firm's library of plans of reminders (REC-10). */
export const plansQuery = queryOptions({ queryKey: ['plans-relance'], queryFn: ({ signal }) => call<Plan[]>('GET', PLANS, { signal }) })

export const VOIES: Record<Canal, string> = {
  courriel: 'Email', sms: 'SMS', tache: 'Appel à passer', document: 'Lettre de relance', etape: 'Mise en demeure',
}

/** « J-5 », « J », « J+15 », from the due date. */
export const jour = (jours: number): string => (jours === 0 ? 'J' : jours < 0 ? `J-${-jours}` : `J+${jours}`)

/** The collection whose lines the reminders of a démarche follow, if it has one. */
export const planOf = (demarche: DemarcheView): CollectionView | undefined => demarche.collections.find(({ plan_relance }) => plan_relance)

/** A step as a démarche keeps it: what a plan does not say is left out. */
export const ligneOf = ({ niveau, jours, canal, message, penalites }: Palier): Record<string, unknown> => ({
  niveau, jours, canal, ...(message ? { message } : {}), ...(penalites ? { penalites } : {}),
})

/** The steps of a démarche, as a plan of the library would have them. */
export const paliersOf = (collection: CollectionView): Palier[] => collection.lignes.map(({ donnees }) => donnees as unknown as Palier)
