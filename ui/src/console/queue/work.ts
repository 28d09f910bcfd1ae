/** The queue in words and icons: what a work item is, when it is due, where it leads. */
import type { Icon } from '@tabler/icons-react'
import {
  IconCalendarTime, IconCheckbox, IconFileCheck, IconFileUnknown, IconFlag, IconForms, IconHelpCircle, IconInbox, IconListDetails,
  IconMessage2, IconSitemap,
} from '@tabler/icons-react'
import type { WaitKind, Work, WorkItem } from '@shared/api/types'
import { ago, daysUntil, dueShort, hour, NBSP, nowOf } from '@shared/format'

export const kindIcons: Record<WaitKind, Icon> = {
  tache: IconCheckbox,
  piece: IconFileUnknown,
  formulaire: IconForms,
  action: IconMessage2,
  validation: IconFileCheck,
  etape: IconFlag,
  demande: IconInbox,
  information: IconHelpCircle,
  collection: IconListDetails,
  evenement: IconCalendarTime,
  enfant: IconSitemap,
  correction: IconForms,
  verification: IconFileCheck,
}

export const kindNames: Record<WaitKind, string> = {
  tache: 'Tâche',
  piece: 'Pièce à recevoir',
  formulaire: 'Formulaire à remplir',
  action: 'Action demandée au client',
  validation: 'Pièce à valider',
  etape: 'Étape à valider',
  demande: 'Demande à étudier',
  information: 'Précision demandée',
  collection: 'Lignes à compléter',
  evenement: 'Événement attendu',
  enfant: 'Sous-démarche attendue',
  correction: 'Formulaire à corriger',
  verification: 'Correction à vérifier',
}

export type GroupKey = Work['groupes'][number]['cle']

export const keyOf = (item: WorkItem): string => `${item.demarche_id}/${item.kind}/${item.item_id}`

/** What the firm owes in these groups: everything but what it waits for. */
export function dueByMe(work: Work): number {
  let n = 0
  for (const group of work.groupes) {
    if (group.cle !== 'client') n += group.total - group.items.filter((item) => item.side !== 'cabinet').length
  }
  return n
}

/** Right column of a row: lateness, hour, date or waiting time, by group. */
export function whenOf(item: WorkItem, group: GroupKey): string {
  if (group === 'retard' && item.retard_at) {
    return daysUntil(item.retard_at) === 0 ? `depuis ${hour(item.retard_at)}` : dueShort(item.retard_at)
  }
  if (group === 'pieces' || group === 'demandes') return ago(item.since, nowOf(item))
  if (group === 'client') return waiting(item)
  return item.retard_at ? dueShort(item.retard_at) : 'sans date'
}

/** « depuis 9 j », « depuis ce matin » style: short waiting time. */
export function waiting(item: WorkItem): string {
  const { since } = item
  const days = -daysUntil(since, nowOf(item))
  if (days <= 0) return `depuis ${hour(since)}`
  return `depuis ${days}${NBSP}j`
}

/** Screen on which an item is dealt with. */
export function placeOf(item: WorkItem): string {
  switch (item.kind) {
    case 'validation':
      return `/pieces?demarche=${item.demarche_id}&piece=${encodeURIComponent(item.item_id)}`
    case 'tache':
      return `/demarches/${item.demarche_id}?tache=${encodeURIComponent(item.item_id)}`
    case 'verification':
      return `/demarches/${item.demarche_id}?cible=${encodeURIComponent(`formulaire:${item.item_id}`)}`
    default:
      return `/demarches/${item.demarche_id}`
  }
}
