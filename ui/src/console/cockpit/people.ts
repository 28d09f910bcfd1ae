import type { DemarcheView } from '@shared/api/types'

/** Role of whoever was added beyond the modèle's roles. */
export const RENFORT = 'renfort'

/** « Claire Dumont, Conseiller principal »: the person who holds the role, or the role alone. */
export function nameOf(demarche: DemarcheView, cle: string, libelle: string): string {
  const person = demarche.equipe.find(({ role }) => role === cle) ?? demarche.participants.find((each) => each.cle === cle)
  return person ? `${person.nom} (${libelle.toLowerCase()})` : libelle
}

/** Whom something can be given to, people named. */
export const peopleOf = (demarche: DemarcheView, sides?: string[]): { value: string; label: string }[] =>
  demarche.roles.filter(({ side }) => !sides || sides.includes(side)).map(({ cle, libelle }) => ({ value: cle, label: nameOf(demarche, cle, libelle) }))
