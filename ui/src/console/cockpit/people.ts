import type { DemarcheView } from '@shared/api/types'

/** Role of whoever was added beyond the modèle's roles. */
export const RENFORT = 'renfort'

/** « Claire Dumont, Conseiller principal »: the person who holds the role, or the role alone. */
export function nameOf(demarche: DemarcheView, cle: string, libelle: string): string {
  const person = demarche.equipe.find(({ role }) => role === cle) ?? demarche.participants.find((each) => each.cle === cle)
  return person ? `${person.nom} (${libelle.toLowerCase()})` : libelle
}
