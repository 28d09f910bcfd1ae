import type { CollectionView, DemarcheView, WaitView } from '@shared/api/types'
import { valueOf } from '@shared/collections/values'
import { daysUntil, nowOf } from '@shared/format'

export interface Due {
  cle: string
  titre: string
  at: string
  tour: WaitView['side'] | 'personne'
  tache?: string
}

type Read = Pick<DemarcheView, 'attentes' | 'closed_at' | 'collections' | 'dates_cles' | 'maintenant' | 'plan_relance'>

/** « Prochaines échéances »: what is awaited by a day, then dates to come: those of the file, the next reminder of a
 * plan, the instalments that nothing covers yet (REC-06, REC-26). The nearest first. */
export function duesOf(demarche: Read): Due[] {
  if (demarche.closed_at) return []
  const now = nowOf(demarche)
  const [reminder] = demarche.plan_relance.filter(({ statut }) => statut === 'prevu').flatMap(({ niveau, prevu_at }) => (prevu_at ? [{ cle: `palier/${niveau}`, titre: `Relance ${niveau}`, at: prevu_at }] : []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const told = [
    ...demarche.dates_cles.flatMap(({ champ, libelle, valeur }) => (valeur ? [{ cle: champ, titre: libelle, at: valeur }] : [])),
    ...(reminder ? [reminder] : []),
    ...demarche.collections.flatMap(instalments),
  ]
  return [
    ...demarche.attentes.flatMap((wait) =>
      wait.due_at ? [{ cle: `${wait.kind}${wait.id}`, titre: wait.label, at: wait.due_at, tour: wait.side, ...(wait.kind === 'tache' ? { tache: wait.id } : {}) }] : [],
    ),
    ...told.filter(({ at }) => daysUntil(at, now) >= 0).map((due) => ({ ...due, tour: 'personne' as const })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

function instalments({ cle, echeancier, lignes, singulier }: CollectionView): Omit<Due, 'tour'>[] {
  if (!echeancier) return []
  return lignes.flatMap((ligne) => {
    const at = valueOf(ligne, echeancier.date)
    return typeof at === 'string' && valueOf(ligne, 'reste') !== 0 ? [{ cle: `${cle}/${ligne.id}`, titre: ligne.nom || singulier, at }] : []
  })
}
