/** Fields of each part of a modèle, as the panels show them. What they leave out is written in the source. */
import { categories } from './categories'
import type { Champ } from './Champs'
import { acteurs, type Choix, type Noeud, noeud, texte } from './lecture'

export const choix = (pairs: Record<string, string>): Choix[] => Object.entries(pairs).map(([value, label]) => ({ value, label }))

export const couleurs = choix({ accent: 'Bleu', vert: 'Vert', ambre: 'Ambre', rouge: 'Rouge', violet: 'Violet', gris: 'Gris' })
const formats = ['pdf', 'jpg', 'png', 'webp', 'docx', 'xlsx', 'odt'].map((value) => ({ value, label: value.toUpperCase() }))
const priorites = choix({ normale: 'Normale', urgente: 'Urgente' })
export const MOMENT = 'Par exemple « entree + 3jo » ou « declaration.date_entree - 8j à 09:00 ».'
export const CONDITION = 'Une condition, par exemple declaration.nature == "cdd". Vide : toujours.'

export const nommes = (noms: readonly string[]): Choix[] => noms.map((value) => ({ value, label: value.replaceAll('_', ' ') }))
/** A mail model, among those of the folder. */
export const courriel = (libelle: string, courriels: readonly string[]): Champ => ({ cle: 'courriel', libelle, type: 'choix', options: nommes(courriels), aide: 'Leurs textes : Paramètres, « Modèles d’emails ».' })

export const modele: Champ[] = [
  { cle: 'titre', libelle: 'Nom affiché', type: 'texte', requis: true },
  { cle: 'categorie', libelle: 'Catégorie', type: 'choix', requis: true, options: choix(categories) },
  { cle: 'description', libelle: 'Description', type: 'long' },
  { cle: 'reference', libelle: 'Préfixe des références', type: 'texte', requis: true, aide: 'EMB donne EMB-2026-0147.' },
  { cle: 'nom', libelle: 'Nom de chaque démarche', type: 'texte', requis: true, aide: 'Une expression : "Embauche de " + declaration.prenom' },
  { cle: 'icone', libelle: 'Icône', type: 'icone' },
  { cle: 'couleur', libelle: 'Couleur', type: 'choix', options: couleurs },
  {
    cle: 'clients', libelle: 'Clients concernés', type: 'plusieurs',
    options: choix({ particulier: 'Particulier', entreprise: 'Entreprise', createur: 'Créateur d’entreprise', association: 'Association' }),
  },
]

export const statut: Champ[] = [
  { cle: 'libelle', libelle: 'Libellé', type: 'texte', requis: true },
  { cle: 'couleur', libelle: 'Couleur', type: 'choix', options: couleurs },
  { cle: 'icone', libelle: 'Icône', type: 'icone' },
]

export const role: Champ[] = [
  { cle: 'libelle', libelle: 'Libellé', type: 'texte', requis: true },
  { cle: 'cote', libelle: 'De quel côté', type: 'choix', requis: true, options: choix({ cabinet: 'Cabinet', client: 'Client', tiers: 'Tiers' }) },
]

/** Documents that the modèle declares. */
export const documents = (donnees: Noeud): Choix[] => Object.entries(noeud(donnees.documents)).map(([value, each]) => ({ value, label: texte(noeud(each).titre) || value }))

export const document = (donnees: Noeud, modeles: readonly string[]): Champ[] => [
  { cle: 'titre', libelle: 'Titre', type: 'texte', requis: true },
  { cle: 'modele', libelle: 'Fichier du document', type: 'choix', options: modeles.map((value) => ({ value, label: value.replace('.html.j2', '') })), aide: '« commun/lettre » convient à tout modèle ; un autre lit les réponses du sien. Pour en écrire un : docs/modeles.md, « Les courriels et les documents ».' },
  { cle: 'visible', libelle: 'Lu aussi par', type: 'plusieurs', options: acteurs(donnees).filter(({ value }) => noeud(noeud(donnees.roles)[value]).cote !== 'cabinet'), aide: 'Outre le cabinet.' },
  { cle: 'final', libelle: 'Livrable remis à la fin', type: 'ouinon' },
]

export const bloc: Champ[] = [{ cle: 'titre', libelle: 'Nom affiché', type: 'texte', requis: true }]

/** Statuses that the modèle names. */
export const statutsDe = (donnees: Noeud): Choix[] => Object.entries(noeud(donnees.statuts)).map(([value, each]) => ({ value, label: texte(noeud(each).libelle) || value }))

export function etape(donnees: Noeud): Champ[] {
  const colonnes = Object.entries(noeud(donnees.colonnes)).map(([value, label]) => ({ value, label: texte(label) || value }))
  return [
    { cle: 'titre', libelle: 'Nom affiché', type: 'texte', requis: true },
    { cle: 'libelle_interne', libelle: 'Nom pour le cabinet', type: 'texte', aide: 'S’il diffère.' },
    { cle: 'responsable', libelle: 'Responsable', type: 'choix', options: acteurs(donnees) },
    { cle: 'icone', libelle: 'Icône', type: 'icone' },
    { cle: 'couleur', libelle: 'Couleur', type: 'choix', options: couleurs },
    { cle: 'terminee', libelle: 'Fin de l’étape', type: 'choix', options: choix({ automatique: 'Automatique', manuelle: 'À la main' }) },
    { cle: 'echeance', libelle: 'Échéance', type: 'texte', aide: MOMENT },
    { cle: 'statut', libelle: 'Statut de la démarche', type: 'choix', options: statutsDe(donnees) },
    ...(colonnes.length > 0 ? [{ cle: 'colonne', libelle: 'Colonne du tableau', type: 'choix', options: colonnes } as const] : []),
    { cle: 'description', libelle: 'Ce que le client lit', type: 'long' },
    { cle: 'si', libelle: 'Seulement si', type: 'texte', large: true, aide: CONDITION },
    { cle: 'visible', libelle: 'Montrée au client', type: 'ouinon', defaut: true },
    { cle: 'facultative', libelle: 'Facultative', type: 'ouinon' },
    { cle: 'non_bloquante', libelle: 'La suite ne l’attend pas', type: 'ouinon' },
  ]
}

const formulaires = (donnees: Noeud): { value: string; label: string }[] => Object.keys(noeud(donnees.formulaires)).map((value) => ({ value, label: value }))

export const tache = (donnees: Noeud): Champ[] => [
  { cle: 'titre', libelle: 'Tâche', type: 'texte', requis: true },
  { cle: 'pour', libelle: 'Pour', type: 'choix', requis: true, options: acteurs(donnees) },
  { cle: 'echeance', libelle: 'Échéance', type: 'texte', aide: MOMENT },
  { cle: 'priorite', libelle: 'Priorité', type: 'choix', options: priorites },
  { cle: 'description', libelle: 'Description', type: 'long' },
  { cle: 'checklist', libelle: 'Points à cocher, un par ligne', type: 'lignes' },
  ...(documents(donnees).length > 0 ? [{ cle: 'document', libelle: 'Document à produire', type: 'choix', options: documents(donnees), aide: 'La tâche ne se termine pas avant lui.' } as const] : []),
  { cle: 'formulaire', libelle: 'Champs de la tâche', type: 'choix', options: formulaires(donnees), aide: 'Un formulaire de cette étape, que remplit la même personne.' },
  { cle: 'si', libelle: 'Seulement si', type: 'texte', large: true, aide: CONDITION },
  { cle: 'tant_que', libelle: 'Tant que', type: 'texte', large: true, aide: 'Une condition : la tâche naît, se termine et revient d’elle-même selon qu’elle est vraie pendant l’étape.' },
  { cle: 'obligatoire', libelle: 'Obligatoire', type: 'ouinon', defaut: true },
]

export const piece = (donnees: Noeud): Champ[] => [
  { cle: 'titre', libelle: 'Pièce', type: 'texte', requis: true },
  { cle: 'de', libelle: 'Fournie par', type: 'choix', requis: true, options: acteurs(donnees) },
  { cle: 'categorie', libelle: 'Catégorie', type: 'texte' },
  { cle: 'echeance', libelle: 'Échéance', type: 'texte', aide: MOMENT },
  { cle: 'description', libelle: 'Description', type: 'long' },
  { cle: 'formats', libelle: 'Formats acceptés', type: 'plusieurs', options: formats, aide: 'Aucun choix : PDF, JPG et PNG.' },
  { cle: 'controles', libelle: 'À contrôler avant de valider, un point par ligne', type: 'lignes' },
  { cle: 'si', libelle: 'Seulement si', type: 'texte', large: true, aide: CONDITION },
  { cle: 'obligatoire', libelle: 'Obligatoire', type: 'ouinon', defaut: true },
]

export const relance = (donnees: Noeud, courriels: readonly string[]): Champ[] => [
  { cle: 'quand', libelle: 'Première relance', type: 'texte', requis: true, aide: MOMENT },
  { cle: 'a', libelle: 'Envoyée à', type: 'choix', requis: true, options: acteurs(donnees) },
  {
    cle: 'tant_que', libelle: 'Tant que manquent', type: 'choix',
    options: choix({ pieces: 'Des pièces', formulaires: 'Un formulaire', taches: 'Des tâches', actions: 'Une réponse', evenements: 'Un événement' }),
  },
  courriel('Email envoyé', courriels),
  { cle: 'repeter', libelle: 'Répétée tous les', type: 'texte', aide: 'Par exemple 3j, 5jo, 2sem.' },
  { cle: 'maximum', libelle: 'Nombre au plus', type: 'nombre' },
  { cle: 'etalement', libelle: 'Étalée sur', type: 'texte', aide: 'Par exemple 2h : toutes les démarches n’écrivent pas à la même minute.' },
  { cle: 'si', libelle: 'Seulement si', type: 'texte', large: true, aide: CONDITION },
]

export const action = (donnees: Noeud): Champ[] => [
  {
    cle: 'nature', libelle: 'Ce qui est demandé', type: 'choix',
    options: choix({ commentaire: 'Un commentaire', note: 'Une note', validation: 'Une validation', documents: 'Des documents' }),
  },
  { cle: 'a', libelle: 'À', type: 'choix', requis: true, options: acteurs(donnees) },
  { cle: 'message', libelle: 'Message', type: 'long', requis: true },
  { cle: 'echeance', libelle: 'Échéance', type: 'texte', aide: MOMENT },
  { cle: 'obligatoire', libelle: 'Obligatoire', type: 'ouinon', defaut: true },
]

export const formulaire = (donnees: Noeud): Champ[] => [
  { cle: 'nom', libelle: 'Formulaire', type: 'choix', requis: true, options: formulaires(donnees) },
  { cle: 'par', libelle: 'Rempli par', type: 'choix', requis: true, options: acteurs(donnees) },
  { cle: 'titre', libelle: 'Titre affiché', type: 'texte' },
  { cle: 'obligatoire', libelle: 'Obligatoire', type: 'ouinon', defaut: true },
]
