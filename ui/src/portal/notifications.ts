/** Where a notification leads on the portal (NOT-03). */
import type { Notification } from '@shared/api/types'
import type { Onglet } from './demarche/DemarchePage'

const tabs: Record<string, Onglet> = { piece: 'documents', document: 'documents', tache: 'taches', commentaire: 'echanges', tache_assignee: 'taches' }

export interface Destination {
  id: string
  onglet: Onglet | undefined
}

/** The démarche it is about, and the part of it; null for what is about none. */
export function destination({ demarche_id: id, lien, type }: Pick<Notification, 'demarche_id' | 'lien' | 'type'>): Destination | null {
  if (!id) return null
  const cible = lien ? new URL(lien, 'https://portail.invalid').searchParams.get('cible') : null
  return { id, onglet: tabs[cible?.split(':')[0] ?? ''] ?? tabs[type] }
}

/** Notifications of a page, day by day, newest first. */
export function byDay<T extends { created_at: string }>(items: T[], dayOf: (at: string) => string): { jour: string; items: T[] }[] {
  const days: { jour: string; items: T[] }[] = []
  for (const item of items) {
    const jour = dayOf(item.created_at)
    const last = days.at(-1)
    if (last?.jour === jour) last.items.push(item)
    else days.push({ jour, items: [item] })
  }
  return days
}
