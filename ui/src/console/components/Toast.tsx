import { IconAlertCircle, IconCircleCheck, IconRefreshAlert } from '@tabler/icons-react'
import { STROKE } from '@shared/icons'
import classes from './Toast.module.css'

interface Props {
  ton: 'fait' | 'probleme' | 'client'
  texte: string
  action?: string
  onAction?: () => void
  /** Time left to act, drawn as a bar. */
  secondes?: number
}

const icons = { fait: IconCircleCheck, probleme: IconAlertCircle, client: IconRefreshAlert }

/** Inside of a toast: tone, sentence, one action. */
export function ToastContent({ ton, texte, action, onAction, secondes }: Props) {
  const Icon = icons[ton]
  return (
    <div className={classes.toast} data-ton={ton} role={ton === 'fait' ? 'status' : 'alert'}>
      <Icon size={18} stroke={STROKE} className={classes.icon} aria-hidden />
      <p>{texte}</p>
      {action && <button type="button" className={classes.action} onClick={onAction}>{action}</button>}
      {secondes && <span className={classes.time} style={{ animationDuration: `${secondes}s` }} />}
    </div>
  )
}
