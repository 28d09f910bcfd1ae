import type { DemarcheView } from '../api/types'

/** There are collections or readings to show; apart from what shows them, which is loaded only then. */
export const hasCollections = (demarche: Pick<DemarcheView, 'collections' | 'lectures'>): boolean =>
  demarche.collections.length > 0 || demarche.lectures.length > 0
