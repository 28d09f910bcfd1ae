import type { DemarcheView } from '@shared/api/types'
import Collections from '@shared/collections/Collections'
import { toastFailure } from '../components/toasts'
import { BarreCompte } from './BarreCompte'
import classes from './Compte.module.css'
import type { CockpitDialog } from './dialogs'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
}

/** Contextual tab of a modèle that keeps lines: account and payments of a recovery, comparison of subscriptions (DOS-11). */
export function Compte({ demarche, onDialog }: Props) {
  return (
    <div className={classes.page}>
      <BarreCompte demarche={demarche} onDialog={onDialog} />
      <Collections demarche={demarche} onError={toastFailure} />
    </div>
  )
}
