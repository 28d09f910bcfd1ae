import { Link } from '@tanstack/react-router'
import type { Notification } from '@shared/api/types'
import { ago } from '@shared/format'
import classes from './Bell.module.css'
import { typo } from './typo'

/** Where a notification leads inside the console; links of the API may carry the console's own prefix. */
const target = ({ lien, demarche_id }: Notification): string =>
  lien ? lien.replace(/^\/console(?=\/|$)/, '') || '/' : demarche_id ? `/demarches/${demarche_id}` : '/'

/** One notification, read by being opened. */
export function NotificationLine({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  return (
    <Link to={target(item)} className={classes.item} data-non-lue={!item.read_at || undefined} onClick={onOpen}>
      <span className={classes.text}>{typo(item.texte)}</span>
      <span className={classes.when}>{!item.read_at && <span className="el-hors-vue">Non lue, </span>}{[item.demarche, item.client].filter(Boolean).join(' · ')} · {ago(item.created_at)}</span>
    </Link>
  )
}
