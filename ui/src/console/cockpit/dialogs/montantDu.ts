import { valueText } from '@shared/collections/values'
import { NBSP } from '@shared/format'

/** What the reading « situation_de_compte » says of a debt, in cents. `penalites`: null when no rate is known for a day. */
export interface Compte {
  jour: string
  reste_du: number
  penalites: number | null
  indemnites: number
  accessoires_regles: number
  trop_percu: number
}

const du = (cents: number): string => valueText('montant', cents, null)

/** Sentence that recalls what is due, and its amount. */
export interface Rappel { montant: number; phrase: string }

const rappel = (compte: Compte, montant: number, dont: string): Rappel => ({
  montant,
  phrase: `Reste à régler au ${valueText('date', compte.jour, null)}${NBSP}: ${du(montant)}${dont}.`,
})

/** The principal alone. */
export const principal = (compte: Compte): Rappel => rappel(compte, compte.reste_du, '')

/**
 * With the penalties and fixed sums still due, if there are any: only what could be computed is named, and what was
 * received beyond the principal has paid them first, whether or not they were asked for until now (REC-25).
 */
export function avecAccessoires(compte: Compte): Rappel | null {
  const penalites = compte.penalites ?? 0
  const payes = compte.accessoires_regles + compte.trop_percu
  const reste = penalites + compte.indemnites - payes
  if (reste <= 0) return null
  const nommes = [
    ...(penalites > 0 ? ['pénalités de retard'] : []),
    ...(compte.indemnites > 0 ? ['indemnités forfaitaires'] : []),
  ].join(' et ')
  return rappel(compte, compte.reste_du + reste, `, dont ${du(reste)} ${nommes.startsWith('i') ? 'd’' : 'de '}${nommes}`)
}
