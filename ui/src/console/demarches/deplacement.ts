import type { DemarcheView, EtapeView } from '@shared/api/types'

/** What a card dropped in a column asks of the engine, or why nothing can be asked. */
export type Deplacement =
  | { genre: 'valider'; etape: EtapeView; entre: EtapeView[] }
  | { genre: 'revenir'; etape: EtapeView }
  | { genre: 'refus'; motif: string }

/**
 * The one command of the engine that goes towards column `cible` (SIN-12): finish the present étape, or return to one
 * that is done. An étape without a column stays in that of the étape before it, as on the board itself.
 */
export function deplacementVers(demarche: DemarcheView, cible: string, libelle: string): Deplacement {
  const refus = (motif: string): Deplacement => ({ genre: 'refus', motif })
  if (demarche.phase === 'demande') return refus('Cette demande n’est pas encore acceptée : étudiez-la d’abord, elle prendra ensuite sa place dans le tableau.')
  if (demarche.cycle === 'suspendue') return refus('Cette démarche est en pause : reprenez-la d’abord.')
  if (demarche.cycle !== 'ouverte') return refus('Cette démarche est close : elle ne change plus d’étape.')
  if (demarche.colonne?.cle === cible) return refus(`La démarche est déjà dans « ${libelle} ».`)
  const current = demarche.etapes.filter((etape) => etape.statut === 'en_cours')
  const holding = current.filter((etape) => !etape.non_bloquante)
  const here = holding[0] ?? current[0]
  if (!here) return refus('Aucune étape n’est en cours.')
  const at = demarche.etapes.indexOf(here)
  const columns = columnsOf(demarche.etapes)
  const among = demarche.etapes.map((etape, index) => ({ etape, index })).filter(({ etape, index }) => columns[index] === cible && etape.statut !== 'sans_objet')
  if (among.length === 0) return refus(`Aucune étape de cette démarche n’est dans « ${libelle} ».`)
  const done = among.filter(({ etape, index }) => index < at && (etape.statut === 'valide' || etape.statut === 'passee')).at(-1)
  if (done) return { genre: 'revenir', etape: done.etape }
  const ahead = among.find(({ etape, index }) => index > at && etape.statut === 'a_faire')
  if (!ahead) return refus(`La démarche ne peut pas aller dans « ${libelle} » depuis l’étape « ${here.titre} ».`)
  if (holding.length > 1) return refus(`Plusieurs étapes sont en cours ensemble (${holding.map((etape) => `« ${etape.titre} »`).join(', ')}) : terminez-les dans la démarche.`)
  return { genre: 'valider', etape: here, entre: demarche.etapes.slice(at + 1, ahead.index).filter((etape) => etape.statut === 'a_faire') }
}

/** Column of each étape, its own or that of the étapes before it. */
function columnsOf(etapes: EtapeView[]): (string | null)[] {
  let last: string | null = null
  return etapes.map((etape) => (last = etape.colonne ?? last))
}
