/** Shapes of the API's answers, as `workflows/engine/view.py` and the routers define them. */
import type { Tour } from '../statuses'

export type WaitKind = 'tache' | 'piece' | 'formulaire' | 'action' | 'validation' | 'etape' | 'demande' | 'information'
export type Cote = 'cabinet' | 'client' | 'tiers'
export type Phase = 'demande' | 'dossier'
export type Cycle = 'ouverte' | 'suspendue' | 'terminee' | 'annulee' | 'refusee'

export interface FileRef {
  id: string
  nom: string
  type: string
  taille: number
}

export interface StatutView {
  cle: string
  libelle: string | null
  couleur?: string | null
  icone?: string | null
}

export interface WaitView {
  kind: WaitKind
  id: string
  label: string
  nom: string
  side: Cote
  since: string
  due_at: string | null
  etape: string | null
  a_moi: boolean
}

export interface FormView {
  nom: string
  titre: string
  pour: string
  pour_nom: string
  fait: boolean
  a_moi: boolean
}

export interface EtapeView {
  cle: string
  titre: string
  libelle_interne: string | null
  description: string | null
  icone: string | null
  statut: 'a_faire' | 'en_cours' | 'valide' | 'passee' | 'sans_objet'
  visit: number
  rang: number
  parallele: string | null
  responsable: string | null
  entered_at: string | null
  due_at: string | null
  completed_at: string | null
  completed_by: string | null
  motif: string | null
  part: number
  turn: Tour
  attendus: string[]
  manuelle: boolean
  facultative: boolean
  formulaires: FormView[]
}

export interface ChecklistItem {
  libelle: string
  fait: boolean
  par: string | null
  at: string | null
}

export interface TacheView {
  id: string
  titre: string
  description: string | null
  etape: string | null
  visit: number
  pour: string
  pour_nom: string
  side: Cote
  user_id: string | null
  statut: string
  priorite: string
  obligatoire: boolean
  due_at: string | null
  checklist: ChecklistItem[]
  document: string | null
  document_titre: string | null
  visible_client: boolean
  created_at: string
  completed_at: string | null
  completed_by: string | null
  motif: string | null
  a_moi: boolean
}

export interface VersionView {
  numero: number
  files: FileRef[]
  at: string
  par: string
  statut: string
  motif: string | null
}

export interface PieceView {
  id: string
  titre: string
  description: string | null
  categorie: string | null
  etape: string | null
  de: string
  de_nom: string
  statut: string
  motif: string | null
  obligatoire: boolean
  formats: string[]
  taille_max_mo: number
  due_at: string | null
  controles: string[]
  versions: VersionView[]
  requested_at: string
  decided_at: string | null
  decided_by: string | null
  a_moi: boolean
}

export interface ActionView {
  id: string
  nature: string
  message: string
  a_nom: string
  statut: string
  due_at: string | null
  requested_at: string
  requested_by: string
  reponse: string | null
  files: FileRef[]
  answered_at: string | null
  answered_by: string | null
  a_moi: boolean
}

export interface DocumentView {
  id: string
  cle: string
  titre: string
  statut: string
  perime: string | null
  file: FileRef | null
  etape: string | null
  final: boolean
  produced_at: string | null
  par: string
}

export interface MembreView {
  role: string
  libelle: string
  nom: string
  side: Cote
  user_id: string | null
}

export interface ParticipantView {
  cle: string
  libelle: string
  nom: string
  email: string | null
  invited_at: string
  expires_at: string
  revoked: boolean
}

export interface FieldView {
  champ: string
  libelle: string
  valeur: unknown
  nature: 'texte' | 'date' | 'montant' | 'nombre' | 'booleen' | 'choix' | 'sensible'
}

export interface DataView {
  formulaire: string
  titre: string
  champs: FieldView[]
}

export interface DemarcheView {
  id: string
  seq: number
  reference: string
  titre: string
  description: string
  modele: string
  modele_titre: string
  categorie: string
  icone: string
  client_id: string
  client_nom: string
  phase: Phase
  cycle: Cycle
  statut: StatutView
  motif: string | null
  turn: Tour
  attendu: WaitView | null
  progression: number
  etape_rang: number
  etapes_total: number
  opened_at: string
  closed_at: string | null
  suspended_at: string | null
  due_at: string | null
  prix: number | null
  prix_mention: string
  equipe: MembreView[]
  participants: ParticipantView[]
  etapes: EtapeView[]
  attentes: WaitView[]
  taches: TacheView[]
  pieces: PieceView[]
  actions: ActionView[]
  documents: DocumentView[]
  documents_possibles: { cle: string; titre: string }[]
  livrables: DocumentView[]
  etiquettes: { cle: string; libelle: string; nombre: number }[]
  compteurs: {
    taches_ouvertes: number
    pieces_validees: number
    pieces_total: number
    pieces_a_valider: number
    documents: number
  }
  dates_cles: { champ: string; libelle: string; valeur: string | null }[]
  donnees: DataView[]
  roles: { cle: string; libelle: string; side: Cote }[]
  horloge: boolean
}

export interface DemarcheLine {
  id: string
  reference: string
  titre: string
  modele: string
  modele_titre: string
  categorie: string
  icone: string
  client_id: string
  client_nom: string
  phase: Phase
  cycle: Cycle
  statut: string
  statut_libelle: string | null
  progression: number
  etape_titre: string | null
  etape_rang: number
  etapes_total: number
  turn: Tour
  attendu: string | null
  attendu_nom: string | null
  attendu_depuis: string | null
  due_at: string | null
  conseiller_id: string | null
  conseiller_nom: string | null
  prix: number | null
  prix_mention: string
  opened_at: string
  closed_at: string | null
  updated_at: string
}

export interface DemarchePage {
  items: DemarcheLine[]
  total: number
  page: number
  taille: number
}

export interface DemarcheFilters {
  q?: string
  statut?: string
  turn?: string
  modele?: string
  conseiller?: string
  client?: string
  etat?: 'ouvertes' | 'terminees' | 'toutes'
  tri?: 'maj' | 'echeance' | 'ouverture' | 'titre' | 'client'
  sens?: 'asc' | 'desc'
  page?: number
  taille?: number
}

export interface WorkItem {
  demarche_id: string
  reference: string
  titre: string
  client_nom: string
  kind: WaitKind
  item_id: string
  label: string
  side: Cote
  nom: string
  user_id: string | null
  since: string
  due_at: string | null
  etape: string | null
  retard: boolean
  modele_titre: string
}

export interface Work {
  compteurs: Record<Tour, number>
  groupes: { cle: 'retard' | 'aujourdhui' | 'pieces' | 'demandes' | 'a_venir' | 'client'; libelle: string; total: number; items: WorkItem[] }[]
}

export interface PiecesToCheck {
  groupes: {
    demarche_id: string
    titre: string
    client_nom: string
    reference: string
    validees: number
    total: number
    pieces: PieceView[]
  }[]
  total: number
}

export interface JournalLine {
  id: string
  at: string
  type: string
  famille: string
  titre: string
  detail: string | null
  acteur: string | null
  acteur_kind: string
  visible: boolean
  interne: boolean
  objet: string | null
  fichiers: FileRef[]
}

export interface JournalPage {
  items: JournalLine[]
  suivant: string | null
  familles: Record<string, number>
}

export interface CatalogueItem {
  modele: string
  titre: string
  libelle: string
  description: string
  categorie: string
  icone: string
  version: number
  prix: number | null
  prix_mention: string
}

export interface CatalogueForm extends CatalogueItem {
  modele_sha: string
  formulaire: { nom: string; schema: Record<string, unknown>; ui: Record<string, unknown> }
}

export interface EtapeForm {
  nom: string
  titre: string
  schema: Record<string, unknown>
  ui: Record<string, unknown>
  etape: string | null
  visit: number | null
  donnees: Record<string, unknown> | null
  brouillon: Record<string, unknown> | null
  brouillon_at: string | null
}

export interface Draft {
  modele: string
  titre: string
  tiers_id: string
  updated_at: string
}

export interface Notification {
  id: string
  type: string
  texte: string
  lien: string | null
  demarche_id: string | null
  created_at: string
  read_at: string | null
}

export interface NotificationPage {
  items: Notification[]
  total: number
  non_lues: number
}

export interface Cabinet {
  nom: string
  adresse: string | null
  telephone: string | null
  email: string | null
  horaires: string | null
}

export interface Conseiller {
  nom: string
  prenom: string
  titre: string | null
  ligne_directe: string | null
  email: string | null
  initiales: string
}

export interface StaffMember {
  id: string
  nom: string
  prenom: string
  role: string
  titre: string | null
  initiales: string
}

export interface ModeleLine {
  cle: string
  titre: string
  version: number
  sha256: string
  publie_at: string
  categorie: string
  ouvertes: number
}

/** Answer to a command. */
export interface Ack {
  demarche_id: string
  seq: number
}
