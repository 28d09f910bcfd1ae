import type { DemarcheView, EtapeView, SeenView } from '../api/types'
import type { EtapeItem } from '../components/EtapeTimeline'
import type { Segment } from '../components/Progress'
import { dayOfYear, daysUntil, type Instant, isAhead, NBSP, nowOf } from '../format'
import type { Ton } from '../statuses'

const isLate = (etape: EtapeView, now: Instant): boolean =>
  etape.statut === 'en_cours' && etape.due_at !== null && daysUntil(etape.due_at, now) < 0

function detailOf(etape: EtapeView, now: Instant): string | null {
  if (etape.statut === 'valide' && etape.completed_at) {
    return [`Validé le ${dayOfYear(etape.completed_at, now)}`, etape.completed_by ?? etape.responsable].filter(Boolean).join(' · ')
  }
  if (etape.statut === 'passee') return etape.motif ? `Passée : ${etape.motif}` : 'Passée'
  if (etape.statut === 'en_cours') {
    const due = etape.due_at && `Prévue ${isLate(etape, now) ? '' : 'avant '}le ${dayOfYear(etape.due_at, now)}`
    return [etape.responsable && `Responsable${NBSP}: ${etape.responsable}`, due].filter(Boolean).join(' · ') || null
  }
  return etape.due_at ? `Vers le ${dayOfYear(etape.due_at, now)}` : null
}

/** « Prochaine échéance »: the date that the démarche watches, else the first of its étapes; none when it is past. */
export function nextDate(view: Pick<DemarcheView, 'cycle' | 'due_at' | 'prochaine_echeance' | 'maintenant'>): string | null {
  const next = view.prochaine_echeance ?? (view.cycle === 'ouverte' ? view.due_at : null)
  return isAhead(next, nowOf(view)) ? next : null
}

/** Étapes of a démarche as its client reads them, at that instant. */
export function timelineOf(view: SeenView, now: Instant = Date.now()): EtapeItem[] {
  if (view.phase === 'demande') return requestTimeline(view, now)
  return view.etapes.map((etape) => {
    const mine = view.attentes.some((wait) => wait.a_moi && wait.etape === etape.cle)
    return {
      cle: etape.cle,
      titre: etape.titre,
      groupe: etape.parallele,
      statut: isLate(etape, now) ? 'en_retard' : etape.statut,
      badge: etape.statut === 'en_cours' && mine && !isLate(etape, now) ? 'action_requise' : null,
      description: etape.description,
      detail: detailOf(etape, now),
      // Amber is the reader's own turn: what an invited person owes is only waited for here.
      tour: etape.statut !== 'en_cours' ? null : etape.turn === 'client' && !mine ? 'personne' : etape.turn,
      tourNom: mine ? 'Vous' : etape.attendus.length > 0 ? `Attendu : ${etape.attendus.join(', ')}` : null,
    }
  })
}

/** DEM-07, DEM-08: the five statuses of a request as its own timeline. */
function requestTimeline(view: SeenView, now: Instant): EtapeItem[] {
  const cle = view.statut.cle
  const refused = cle === 'refusee' || cle === 'annulee'
  const rank = { recue: 0, analyse: 1, attente_infos: 1, validee: 2, dossier_cree: 3 }[cle] ?? 1
  const at = (index: number): string => (index < rank || (index === 0 && rank === 0) ? 'valide' : index === rank ? 'en_cours' : 'a_faire')
  const waits = cle === 'attente_infos'
  const steps: EtapeItem[] = [
    { cle: 'recue', titre: 'Demande reçue', statut: 'valide', detail: `Le ${dayOfYear(view.opened_at, now)}` },
    {
      cle: 'analyse',
      titre: 'Analyse de votre demande',
      statut: refused ? 'valide' : rank === 0 ? 'a_faire' : at(1),
      badge: waits ? 'action_requise' : null,
      tour: waits ? 'client' : 'cabinet',
      tourNom: waits ? 'Vous' : null,
      description: refused || rank > 1 ? null : waits ? 'Il nous manque une précision pour continuer.' : `Nous la regardons sous 2${NBSP}jours ouvrés.`,
    },
  ]
  if (refused) return [...steps, { cle, titre: cle === 'refusee' ? 'Demande refusée' : 'Demande annulée', statut: 'passee', detail: view.motif }]
  return [
    ...steps,
    { cle: 'validee', titre: 'Validation', statut: at(2), description: 'Nous vous confirmons ce que nous allons faire.' },
    { cle: 'dossier_cree', titre: 'Ouverture du dossier', statut: at(3), description: 'Vous suivez chaque étape ici.' },
  ]
}

/** Segments of the header: one for each étape. */
export function segmentsOf(view: SeenView): Segment[] {
  return view.etapes.map((etape) => {
    const mine = view.attentes.some((wait) => wait.a_moi && wait.etape === etape.cle)
    const ton: Ton = etape.statut === 'valide' ? 'fait' : etape.statut === 'en_cours' ? (mine ? 'client' : 'cabinet') : 'neutre'
    return { ton, part: etape.statut === 'passee' ? 0 : etape.statut === 'en_cours' ? Math.max(0.08, etape.part) : etape.part }
  })
}
