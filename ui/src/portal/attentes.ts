/** « Ce qui vous attend » in the client's words (PWA-08, TCH-14). */
import type { DemarcheFilters, DemarcheLine, WaitKind, WorkItem } from '@shared/api/types'
import { count } from '@shared/format'

export interface Attente {
  cle: string
  demarcheId: string
  demarche: string
  kind: WaitKind
  titre: string
  detail: string | null
  due: string | null
  /** Real instant at which `due` passes, whatever the démarche's own clock. */
  passe: string | null
  retard: boolean
  action: string
  /** How many items this line stands for. */
  n: number
  itemId: string
}

const actions: Partial<Record<WaitKind, string>> = {
  piece: 'Déposer le document',
  formulaire: 'Compléter',
  tache: 'Voir la tâche',
  action: 'Répondre',
  information: 'Répondre',
  collection: 'Compléter',
  correction: 'Corriger',
}

function titleOf(item: WorkItem): string {
  switch (item.kind) {
    case 'piece':
      return `Déposez : ${item.label}`
    case 'formulaire':
      return `Complétez : ${item.label}`
    default:
      return item.label
  }
}

/** One line for each thing to do; documents of one démarche are gathered. Keeps the order of urgency. */
export function gather(items: WorkItem[]): Attente[] {
  const lines = new Map<string, Attente>()
  for (const item of items) {
    const cle = item.kind === 'piece' ? `${item.demarche_id}/pieces` : `${item.demarche_id}/${item.kind}/${item.item_id}`
    const known = lines.get(cle)
    if (known) {
      known.n += 1
      known.titre = `Déposez ${count(known.n, 'document')}`
      known.detail = known.detail ? `${known.detail}, ${item.label}` : item.label
      known.action = `Déposer mes ${count(known.n, 'document')}`
      known.retard ||= item.retard
      continue
    }
    lines.set(cle, {
      cle,
      demarcheId: item.demarche_id,
      demarche: item.titre,
      kind: item.kind,
      titre: titleOf(item),
      detail: item.kind === 'piece' ? item.label : null,
      due: item.due_at,
      passe: item.retard_at,
      retard: item.retard,
      action: actions[item.kind] ?? 'Voir',
      n: 1,
      itemId: item.item_id,
    })
  }
  return [...lines.values()].map((line) => (line.n === 1 ? { ...line, detail: null } : line))
}

/** Démarches that home shows. */
export const HOME_LIST: DemarcheFilters = { etat: 'ouvertes', tri: 'maj', sens: 'desc', taille: 5 }

/** Those whose date comes first, whatever changed last. */
export const DATES_LIST: DemarcheFilters = { etat: 'ouvertes', tri: 'prochaine', sens: 'asc', taille: 5 }

/** All of them in progress, first page. */
export const ALL_LIST = { etat: 'ouvertes', tri: 'maj', sens: 'desc', taille: 20, page: 1 } satisfies DemarcheFilters

export interface UpcomingDate {
  cle: string
  at: string
  titre: string
  demarche: string
  demarcheId: string
}

const DATES = 4

/**
 * Dates to come, soonest first: what the person has to do, then where a démarche will be: the date it watches (the next
 * instalment of a plan), as on its page, else that of its étape. One line for one date of one démarche.
 */
export function upcoming(items: WorkItem[], demarches: DemarcheLine[], now: number = Date.now()): UpcomingDate[] {
  const found = new Map<string, UpcomingDate & { passe: string }>()
  const add = (id: string, at: string | null, passe: string | null, titre: string, demarche: string): void => {
    const cle = `${id}/${at?.slice(0, 10) ?? ''}`
    if (at && passe && Date.parse(passe) > now && !found.has(cle)) found.set(cle, { cle, at, passe, titre, demarche, demarcheId: id })
  }
  for (const line of gather(items)) add(line.demarcheId, line.due, line.passe, line.titre, line.demarche)
  for (const line of demarches.filter(({ cycle }) => cycle === 'ouverte')) {
    if (line.surveille_at && Date.parse(line.surveille_at) > now) add(line.id, line.surveille_le, line.surveille_at, 'Prochaine échéance', line.titre)
    else add(line.id, line.due_at, line.retard_at, line.etape_titre ?? 'Prochaine étape', line.titre)
  }
  return [...found.values()].sort((a, b) => a.passe.localeCompare(b.passe)).slice(0, DATES)
}

/** « Deux choses vous attendent. Le reste avance. » `debut`: nothing has ever been asked for. */
export function summary(n: number, debut = false): string {
  if (n === 0 && debut) return 'Bienvenue. Vos démarches, vos documents et nos échanges seront réunis ici.'
  if (n === 0) return 'Tout est en ordre. Nous vous préviendrons dès que nous aurons besoin de vous.'
  if (n === 1) return 'Une chose vous attend. Le reste avance.'
  const words = ['Deux', 'Trois', 'Quatre', 'Cinq', 'Six', 'Sept', 'Huit', 'Neuf', 'Dix']
  return `${words[n - 2] ?? String(n)} choses vous attendent. Le reste avance.`
}
