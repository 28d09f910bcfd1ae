import type { DemarcheView, OngletView } from '../api/types'

/** A modèle whose own tab bears this name shows the price of the service in it: two tabs of one name would be confused. */
export const FINANCES = 'Suivi Financier'

/** The modèle's own « Suivi Financier », when it has one. */
export const financesOf = ({ onglets }: Pick<DemarcheView, 'onglets'>): OngletView | undefined =>
  onglets.find(({ libelle }) => libelle === FINANCES)
