/** The API's answers, named as the screens call them. Everything comes from the generated schema. */
import type { components } from './schema'

type Schemas = components['schemas']

export type PersonalLink = Schemas['AccesVue']
export type AccessPerson = Schemas['PersonneAcces']
export type NewTiers = Schemas['TiersNouveau']
export type DemarcheView = Schemas['DemarcheLue']
/** The same without the version: what a reader saw at some instant. */
export type SeenView = Schemas['DemarcheView']
export type PastView = Schemas['VueClient']
export type DemarcheLine = Schemas['DemarcheLine']
export type Tableau = Schemas['Tableau']
export type Signatures = Schemas['Signatures']
export type ColonneTableau = Schemas['ColonneTableau']
export type DemarchePage = Schemas['DemarchePage']
export type EtapeView = Schemas['EtapeView']
export type ReglageView = Schemas['ReglageView']
export type OngletView = Schemas['OngletView']
export type EvenementView = Schemas['EvenementView']
export type TacheView = Schemas['TacheView']
export type PieceView = Schemas['PieceView']
export type VersionView = Schemas['VersionView']
export type ActionView = Schemas['ActionView']
export type CorrectionView = Schemas['CorrectionView']
export type ExportView = Schemas['ExportVue']
export type AuditPageView = Schemas['PageAudit']
export type AuditFamily = Schemas['LigneAudit']['famille']
export type AuditActions = Schemas['ActionsDemarche']
export type AuditChain = Schemas['Chaine']
export type MailPlatform = Schemas['PlateformeVue']
export type MailDelivery = Schemas['LivraisonVue']
export type PlatformTrial = Schemas['EssaiEnvoi']
export type DocumentView = Schemas['DocumentView']
export type FormView = Schemas['FormView']
export type FieldView = Schemas['FieldView']
export type NotificationsEcrites = Schemas['NotificationsEcrites']
export type LigneConnue = Schemas['LigneConnue']
export type Disponible = Schemas['DocumentDisponible']
export type PieceDejaDonnee = Schemas['PieceDejaDonnee']
export type PiecesDejaDonnees = Schemas['PiecesDejaDonnees']
export type DocumentsDisponibles = Schemas['DocumentsDisponibles']
export type CollectionView = Schemas['CollectionView']
export type LigneView = Schemas['LigneView']
export type ColonneView = Schemas['ColonneView']
export type LectureView = Schemas['LectureView']
export type DataView = Schemas['DataView']
export type MembreView = Schemas['MembreView']
export type Intervenants = Schemas['Intervenants']
export type IntervenantView = Schemas['IntervenantVue']
export type ParticipantView = Schemas['ParticipantView']
export type StatutView = Schemas['StatutView']
export type WaitView = Schemas['WaitView']
export type FileRef = Schemas['FileRef']
export type ChecklistItem = Schemas['ChecklistItem']
export type WaitKind = WaitView['kind']
export type Cote = WaitView['side']
export type Phase = DemarcheView['phase']
export type Cycle = DemarcheView['cycle']

export type Work = Schemas['Travail']
export type WorkItem = Schemas['WorkItem']
export type Attentes = Schemas['Attentes']
export type Analyses = Schemas['Analyses']
export type PiecesToCheck = Schemas['PiecesAValider']
export type MyDocuments = Schemas['MesDocuments']
export type JournalLine = Schemas['JournalLine']
export type JournalPage = Schemas['JournalPage']
export type SentMail = Schemas['CourrielVue']
export type CatalogueItem = Schemas['ModeleOffert']
export type CatalogueForm = Schemas['ModeleDetaille']
export type EtapeForm = Schemas['FormulaireVue']
export type DraftSaved = Schemas['Enregistre']
export type DraftLine = Schemas['BrouillonResume']
export type Draft = Schemas['BrouillonVue']
export type Notification = Schemas['NotificationVue']
export type NotificationPage = Schemas['Notifications']
export type Preferences = Schemas['Preferences']
export type Cabinet = Schemas['CabinetVue']
export type Conseiller = Schemas['ConseillerVue']
export type StaffMember = Schemas['MembreVue']
export type ModeleLine = Schemas['ModeleLigne']
export type Ack = Schemas['Accuse']

/** Query of `GET /api/demarches`. */
export interface DemarcheFilters {
  q?: string
  statut?: string
  turn?: string
  modele?: string
  conseiller?: string
  client?: string
  /** Opened by this démarche; `aucun`: opened by no other. */
  parent?: string
  /** Column of the board. */
  colonne?: string
  etat?: 'ouvertes' | 'terminees' | 'toutes'
  priorite?: 'normale' | 'urgente'
  /** Civil days, `AAAA-MM-JJ`, the last ones included. */
  ouverte_du?: string
  ouverte_au?: string
  echeance_au?: string
  tri?: 'priorite' | 'maj' | 'echeance' | 'prochaine' | 'ouverture' | 'titre' | 'client'
  sens?: 'asc' | 'desc'
  page?: number
  taille?: number
}
