import type { DemarcheView } from '@shared/api/types'

/** What every window of the cockpit is given. */
export interface DialogProps {
  demarche: DemarcheView
  onClose: () => void
}
