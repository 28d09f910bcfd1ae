/** What became of a notification, in words (NOT-07). */
import type { JournalLine } from '../api/types'
import { moment, NBSP } from '../format'

export type Prevenu = JournalLine['prevenus'][number]
type Envoi = Prevenu['envois'][number]

const canaux: Record<Envoi['canal'], { fait: string; en_attente: string; echec: string; sans_objet: string }> = {
  courriel: { fait: 'email envoyé', en_attente: 'email prévu', echec: 'email non remis', sans_objet: 'email inutile, déjà lu' },
  push: { fait: 'notification reçue', en_attente: 'notification prévue', echec: 'notification non remise', sans_objet: 'notification inutile, déjà lue' },
}

/** « aujourd’hui à 9 h 12 », « le 12 novembre à 9 h » */
const when = (at: string): string => moment(at).replace(/^(?=\d)/, 'le ')

/** « email envoyé aujourd’hui à 9 h 12 » */
function sending({ canal, etat, at, erreur }: Envoi): string {
  const words = canaux[canal][etat]
  const day = etat === 'sans_objet' ? '' : ` ${when(at)}`
  return `${words}${day}${erreur ? ` (${erreur.replace(/\.$/, '')})` : ''}`
}

/** « dans l’espace, email envoyé aujourd’hui à 9 h 12, lu aujourd’hui à 10 h » */
export function delivery({ envois, lu_le: readAt }: Prevenu): string {
  return ['dans l’espace', ...envois.map(sending), readAt ? `lu ${when(readAt)}` : 'pas encore lu'].join(', ')
}

/** Someone told, and how: « Nicole Bellanger : … » */
export const toldOf = (person: Prevenu): string => `${person.nom}${NBSP}: ${delivery(person)}`
