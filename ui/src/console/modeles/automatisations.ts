/** What the system does by itself in an étape, as its file says it: fields of the panels, and the sentence of each. */
import type { Champ } from './Champs'
import { CONDITION, choix, courriel, documents, MOMENT, statutsDe } from './champsDe'
import { acteurs, type Choix, liste, type Noeud, noeud, texte } from './lecture'

const quands = { entree: 'À l’entrée dans l’étape', sortie: 'Quand l’étape se termine', evenement: 'Quand un évènement arrive', piece: 'Quand une pièce change', tache: 'Quand une tâche est terminée', action: 'Quand le client répond', ligne: 'Quand une ligne change' }
const faits = { recu: 'Évènement reçu', echu: 'Évènement qui n’est pas venu', deposee: 'Pièce déposée', validee: 'Pièce validée', refusee: 'Pièce refusée', terminee: 'Tâche terminée', repondue: 'Réponse donnée', ajoutee: 'Ligne ajoutée', changee: 'Ligne changée', retiree: 'Ligne retirée', statut: 'Statut de la ligne changé' }
const passe = (defaut: string): Champ => ({ cle: 'passe', libelle: 'Si l’instant est déjà passé', type: 'choix', options: choix({ envoyer: 'Le faire quand même', ignorer: 'Ne rien faire' }), aide: defaut })

/** What an automatisation may wait for in this étape: its events, pièces, tasks and requests, and every collection. */
function choses(donnees: Noeud, etape: Noeud): Choix[] {
  const held = ['evenements', 'pieces', 'taches', 'actions_client'].flatMap((part) => liste(etape[part]).map(noeud))
  const named = held.filter((each) => texte(each.cle)).map((each) => ({ value: texte(each.cle), label: texte(each.titre ?? each.message) || texte(each.cle) }))
  const lines = Object.entries(noeud(donnees.collections)).map(([value, each]) => ({ value, label: texte(noeud(each).libelle) || value }))
  const seen = new Set<string>()
  return [...named, ...lines].filter(({ value }) => !seen.has(value) && seen.add(value))
}

const participants = (donnees: Noeud): Choix[] => Object.entries(noeud(donnees.participants)).map(([value, each]) => ({ value, label: texte(noeud(each).libelle) || value }))

export const automatisation = (donnees: Noeud, etape: Noeud, courriels: readonly string[]): Champ[] => [
  { cle: 'quand', libelle: 'Quand', type: 'choix', options: choix(quands), aide: 'Sans choix : à l’entrée dans l’étape.' },
  { cle: 'sur', libelle: 'De quoi', type: 'choix', options: choses(donnees, etape), aide: 'Sans choix : n’importe laquelle.' },
  { cle: 'fait', libelle: 'Ce qui lui arrive', type: 'choix', options: choix(faits) },
  { cle: 'a', libelle: 'À qui', type: 'choix', options: acteurs(donnees) },
  courriel('Envoyer l’email', courriels),
  { cle: 'inviter', libelle: 'Inviter par un lien', type: 'choix', options: participants(donnees) },
  { cle: 'document', libelle: 'Produire le document', type: 'choix', options: documents(donnees) },
  { cle: 'statut', libelle: 'Donner à la démarche le statut', type: 'choix', options: statutsDe(donnees) },
  { cle: 'message', libelle: 'Prévenir dans l’application', type: 'long' },
  { cle: 'si', libelle: 'Seulement si', type: 'texte', large: true, aide: CONDITION },
]

export const alerte = (donnees: Noeud, courriels: readonly string[]): Champ[] => [
  { cle: 'quand', libelle: 'Quand', type: 'texte', requis: true, aide: MOMENT },
  { cle: 'a', libelle: 'Qui est prévenu', type: 'choix', requis: true, options: acteurs(donnees) },
  { cle: 'message', libelle: 'Message', type: 'long', requis: true },
  courriel('Email', courriels),
  passe('Sans choix : le faire quand même.'),
  { cle: 'si', libelle: 'Seulement si', type: 'texte', large: true, aide: CONDITION },
]

export const retard = (donnees: Noeud, courriels: readonly string[]): Champ[] => [
  { cle: 'a', libelle: 'Qui est prévenu', type: 'choix', requis: true, options: acteurs(donnees) },
  courriel('Email', courriels),
  { cle: 'statut', libelle: 'Statut de la démarche', type: 'choix', options: statutsDe(donnees) },
  { cle: 'message', libelle: 'Message', type: 'long', requis: true },
]

const nomDe = (known: readonly Choix[], cle: unknown): string => known.find(({ value }) => value === texte(cle))?.label ?? texte(cle)

/** « Dettes : statut « Soldée » » */
function statutDesLignes(donnees: Noeud, cle: string, each: Noeud): string {
  const collection = noeud(noeud(donnees.collections)[cle])
  const statut = noeud(noeud(collection.statuts)[texte(each.statut)])
  return `${texte(collection.libelle) || cle} : statut « ${texte(statut.libelle) || texte(each.statut)} »`
}

/** « Envoyer l’email « accusé » au client » */
export function phrase(donnees: Noeud, item: Noeud): string {
  const who = texte(item.inviter) === '' ? nomDe(acteurs(donnees), item.a) : ''
  const said = [
    texte(item.inviter) && `Inviter ${nomDe(participants(donnees), item.inviter)}`,
    texte(item.courriel) && `Envoyer l’email « ${texte(item.courriel).replaceAll('_', ' ')} »`,
    noeud(item.sms).texte !== undefined && 'Envoyer un SMS',
    texte(item.message) && 'Prévenir dans l’application',
    texte(item.document) && `Produire « ${nomDe(documents(donnees), item.document)} »`,
    item.tache !== undefined && `Créer la tâche « ${texte(noeud(item.tache).titre)} »`,
    item.action !== undefined && 'Demander quelque chose au client',
    texte(item.appel) && 'Interroger un service',
    Object.keys(noeud(item.lignes)).length > 0 && 'Ajouter des lignes',
    ...Object.entries(noeud(item.statuts_lignes)).map(([cle, each]) => statutDesLignes(donnees, cle, noeud(each))),
    texte(item.statut) && `Statut « ${nomDe(statutsDe(donnees), item.statut)} »`,
  ].filter((part): part is string => typeof part === 'string' && part !== '')
  const doing = said.join(', ') || 'Rien encore'
  return who === '' ? doing : `${doing} : ${who}`
}

/** « Quand une pièce change : RIB » */
export function moment(donnees: Noeud, etape: Noeud, item: Noeud): string {
  const when = quands[(texte(item.quand) || 'entree') as keyof typeof quands] ?? texte(item.quand)
  return texte(item.sur) === '' ? when : `${when} : ${nomDe(choses(donnees, etape), item.sur)}`
}
