import { count } from '../format'

const MOST = 99

/** What the bell shows and how it is named, which say the same: its number is part of its name (WCAG 2.5.3). */
export function bellOf(unread: number): { nombre: string; nom: string } {
  const nombre = unread > MOST ? `${MOST}+` : String(unread)
  const told = unread > MOST ? `${nombre} non lues` : count(unread, 'non lue', 'non lues')
  return { nombre, nom: unread > 0 ? `Notifications, ${told}` : 'Notifications' }
}
