/**
 * The one file of statuses and turns for both applications (BDG-01 to BDG-06): same badge, same colour
 * for the firm and for the client. A badge says where an object is; a turn says who must move.
 */
import type { Icon } from '@tabler/icons-react'
import {
  IconAlertCircle, IconBan, IconCircleCheck, IconCircleDashed, IconClock, IconFileAlert, IconFlag, IconHandFinger,
  IconInbox, IconLoader, IconMailOpened, IconPlayerPause, IconPlayerSkipForward, IconX,
} from '@tabler/icons-react'
import { iconNamed } from './icons'

/** Colour with a meaning; the triples are in theme/tokens.css. */
export type Ton = 'cabinet' | 'client' | 'tiers' | 'neutre' | 'ardoise' | 'fait' | 'probleme'

export type Tour = 'cabinet' | 'client' | 'tiers' | 'personne'

export type Objet = 'demarche' | 'demande' | 'etape' | 'tache' | 'piece' | 'action' | 'document'

export interface Statut {
  libelle: string
  /** Label for narrow places. */
  court: string
  ton: Ton
  icone: Icon
  /** White with a coloured border instead of a tint: an acknowledgement, not a decision. */
  contour?: boolean
}

/** Badge as sent by the API when an admin or a modèle gave it its own label, colour or icon (BDG-02). */
export interface StatutPersonnalise {
  libelle?: string | null
  couleur?: string | null
  icone?: string | null
}

const statut = (libelle: string, ton: Ton, icone: Icon, court = libelle): Statut => ({ libelle, court, ton, icone })

const enCours = statut('En cours', 'ardoise', IconLoader)
const aFaire = statut('À faire', 'neutre', IconCircleDashed)
const enRetard = statut('En retard', 'probleme', IconFlag)
const valide = statut('Validé', 'fait', IconCircleCheck)
const termine = statut('Terminé', 'fait', IconCircleCheck)
const attenteValidation = statut('En attente de validation', 'cabinet', IconClock, 'À valider')
const annulee = statut('Annulée', 'neutre', IconBan)
const sansObjet = statut('Sans objet', 'neutre', IconBan)

const demande: Record<string, Statut> = {
  recue: statut('Demande reçue', 'cabinet', IconInbox, 'Reçue'),
  analyse: statut('En cours d’analyse', 'cabinet', IconLoader, 'En analyse'),
  attente_infos: statut('En attente d’informations complémentaires', 'client', IconHandFinger, 'Infos attendues'),
  validee: statut('Validée', 'fait', IconCircleCheck),
  dossier_cree: statut('Dossier créé', 'fait', IconCircleCheck),
  refusee: statut('Refusée', 'probleme', IconX),
  annulee,
  brouillon: statut('Brouillon', 'neutre', IconCircleDashed),
}

export const statuts: Record<Objet, Record<string, Statut>> = {
  demande,
  demarche: {
    ...demande,
    en_cours: enCours,
    attente_client: statut('En attente client', 'client', IconHandFinger),
    attente_documents: statut('En attente de vos documents', 'client', IconFileAlert, 'Documents attendus'),
    attente_pieces: statut('En attente de pièces', 'client', IconFileAlert, 'Pièces attendues'),
    a_traiter: statut('À traiter', 'neutre', IconClock),
    valide,
    en_retard: enRetard,
    termine,
    suspendue: statut('Suspendue', 'neutre', IconPlayerPause),
    annulee,
    sans_suite: statut('Sans suite', 'neutre', IconBan),
    archive: statut('Archivé', 'neutre', IconCircleDashed),
  },
  etape: {
    a_faire: aFaire,
    en_cours: enCours,
    valide,
    en_retard: enRetard,
    passee: statut('Passée', 'neutre', IconPlayerSkipForward),
    sans_objet: sansObjet,
    action_requise: statut('Action requise', 'client', IconHandFinger),
  },
  tache: {
    suggere_client: statut('Suggéré par le client', 'cabinet', IconClock, 'Suggérée'),
    a_faire: aFaire,
    en_cours: enCours,
    attente_validation: attenteValidation,
    termine,
    en_retard: enRetard,
    annulee,
  },
  piece: {
    manquant: statut('Manquant', 'client', IconCircleDashed),
    attente_validation: attenteValidation,
    recu: { ...statut('Bien reçu', 'cabinet', IconMailOpened), contour: true },
    pris_en_compte: { ...statut('Pris en compte', 'fait', IconCircleCheck) },
    valide,
    refuse: statut('Refusé', 'probleme', IconAlertCircle),
    disponible: statut('Disponibles', 'fait', IconCircleCheck),
    sans_objet: sansObjet,
  },
  action: {
    attente_client: statut('En attente du client', 'client', IconHandFinger),
    termine,
    annulee,
  },
  document: {
    en_preparation: statut('En préparation', 'ardoise', IconLoader),
    disponible: statut('Disponible', 'fait', IconCircleCheck),
    perime: statut('À refaire', 'client', IconAlertCircle),
    echec: statut('Échec', 'probleme', IconAlertCircle),
  },
}

const tonDeCouleur: Record<string, Ton> = {
  accent: 'cabinet',
  vert: 'fait',
  ambre: 'client',
  rouge: 'probleme',
  gris: 'neutre',
  ardoise: 'ardoise',
  violet: 'tiers',
}

/** Tone of a colour name of the modèle language; unknown names are neutral. */
export function toneOfColour(couleur: string | null | undefined): Ton {
  return (couleur ? tonDeCouleur[couleur] : undefined) ?? 'neutre'
}

/** The badge of a démarche in a list, when its modèle has given it its own words, colour or icon. */
export const ownStatus = (line: { statut_libelle: string | null; statut_couleur: string | null; statut_icone: string | null }): StatutPersonnalise | null =>
  line.statut_libelle ? { libelle: line.statut_libelle, couleur: line.statut_couleur, icone: line.statut_icone } : null

const choisis: Record<string, Statut> = {}

/** What an administrator made of the common badges, told with the session (BDG-02); the others keep their own look. */
export function chooseBadges(badges: { objet: string; cle: string; libelle: string; couleur: string; icone: string }[]): void {
  for (const nom in choisis) delete choisis[nom]
  for (const { objet, cle, libelle, couleur, icone } of badges) {
    const known = statuts[objet as Objet]?.[cle]
    choisis[`${objet}/${cle}`] = { ...known, ...statut(libelle, toneOfColour(couleur), iconNamed(icone, known?.icone)) }
  }
  // A demande is a démarche too, on the lists that hold both.
  for (const [nom, said] of Object.entries(choisis)) if (nom.startsWith('demande/')) choisis[nom.replace('demande/', 'demarche/')] ??= said
}

/** The status `cle` of an object; a key unknown here shows its words, neutral, rather than nothing. */
export function statusOf(objet: Objet, cle: string): Statut {
  const known = choisis[`${objet}/${cle}`] ?? statuts[objet][cle]
  if (known) return known
  const words = cle.replaceAll('_', ' ')
  return statut(words.charAt(0).toUpperCase() + words.slice(1), 'neutre', IconCircleDashed)
}

export const tours: Record<Tour, { libelle: string; vous: string; ton: Ton }> = {
  cabinet: { libelle: 'Cabinet', vous: 'À vous de jouer', ton: 'cabinet' },
  client: { libelle: 'Client', vous: 'À vous de jouer', ton: 'client' },
  tiers: { libelle: 'Tiers', vous: 'Chez un tiers', ton: 'tiers' },
  personne: { libelle: 'Planifié', vous: 'Rien à faire', ton: 'neutre' },
}
