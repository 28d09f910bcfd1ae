import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '@shared/api/http'
import type { DemarcheView, Work, WorkItem } from '@shared/api/types'
import { count } from '@shared/format'
import { toastDone, toastFailure, toastNotice } from '../components/toasts'
import { keyOf } from './work'

/** What « E » does with an item, when it can be done from the queue. */
const endings: Partial<Record<WorkItem['kind'], { chemin: (id: string) => string; dit: string }>> = {
  tache: { chemin: (id) => `/taches/${id}/fin`, dit: 'Tâche terminée' },
  etape: { chemin: (id) => `/etapes/${id}/validation`, dit: 'Étape validée' },
  demande: { chemin: () => '/prise-en-charge', dit: 'Demande prise en charge' },
}

export const canFinish = (item: WorkItem): boolean => item.side === 'cabinet' && item.kind in endings

/** Finishes an item of the queue: the row goes at once, and comes back if the server refuses. */
export function useFinish(portee: string) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const key = ['travail', portee]

  return async function finish(item: WorkItem, idempotencyKey: string = crypto.randomUUID()): Promise<void> {
    const ending = endings[item.kind]
    if (item.kind === 'validation') {
      void navigate({ to: '/pieces', search: { demarche: item.demarche_id, piece: item.item_id } as never })
      return
    }
    if (!ending || item.side !== 'cabinet') return
    if (item.kind === 'tache') {
      const tache = client.getQueryData<DemarcheView>(['demarche', item.demarche_id])?.taches.find((each) => each.id === item.item_id)
      const left = tache?.checklist.filter((point) => !point.fait) ?? []
      if (left.length > 0) {
        toastNotice(`Il reste ${count(left.length, 'point')} à cocher avant de terminer la tâche.`)
        return
      }
      if (tache?.statut === 'suggere_client') {
        toastNotice('Cette tâche est une suggestion du client : prenez-la d’abord en compte.')
        return
      }
    }
    const before = client.getQueryData<Work>(key)
    if (before) client.setQueryData<Work>(key, without(before, item))
    try {
      await call('POST', `/api/demarches/${item.demarche_id}${ending.chemin(item.item_id)}`, { body: {}, idempotencyKey })
      toastDone(`${ending.dit} : ${item.label}`)
    } catch (error) {
      if (before) client.setQueryData(key, before)
      toastFailure(error, () => void finish(item, idempotencyKey))
    } finally {
      for (const list of ['travail', 'demarches', 'pieces-a-valider']) void client.invalidateQueries({ queryKey: [list] })
      void client.invalidateQueries({ queryKey: ['demarche', item.demarche_id] })
    }
  }
}

function without(work: Work, gone: WorkItem): Work {
  return {
    ...work,
    groupes: work.groupes.map((group) => {
      const items = group.items.filter((item) => keyOf(item) !== keyOf(gone))
      return { ...group, items, total: group.total - (group.items.length - items.length) }
    }),
  }
}
