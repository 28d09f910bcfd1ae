import { IconBell, IconChevronRight, IconMail, IconRoute } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Notification } from '@shared/api/types'
import { NBSP, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { destination } from '../notifications'
import classes from '../pages/Lists.module.css'
import { IconTile } from './IconTile'

/** One notification, which leads to what it is about (NOT-03). */
export function NotificationLine({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  const content = (
    <>
      <IconTile icone={item.demarche_id ? IconRoute : item.type.includes('courriel') ? IconMail : IconBell} ton={item.read_at ? 'neutre' : 'cabinet'} taille={42} />
      <div>
        <strong>{item.texte}</strong>
        <p>{item.demarche && `${item.demarche}${NBSP}· `}{spokenHour(item.created_at)}{item.envois.some(({ canal, etat }) => canal === 'courriel' && etat === 'fait') && <>{NBSP}· envoyée par email</>}{!item.read_at && <span className="el-hors-vue">, non lue</span>}</p>
      </div>
    </>
  )
  const target = destination(item)
  if (!target) return <div className={classes.row} data-nonlu={!item.read_at || undefined}>{content}</div>
  return (
    <Link to="/demarches/$id" params={{ id: target.id }} search={target.onglet ? { onglet: target.onglet } : {}} className={classes.row} data-nonlu={!item.read_at || undefined} onClick={onOpen}>
      {content}
      <IconChevronRight size={22} stroke={STROKE} aria-hidden />
    </Link>
  )
}
