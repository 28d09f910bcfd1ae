/** Reads that only the console makes; the shared ones are in shared/api/queries. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from '@shared/api/http'
import type { DemarcheFilters, DemarchePage, JournalPage, NotificationPage, PastView, Signatures, Tableau } from '@shared/api/types'

export interface TiersLine {
  id: string
  type: string
  nom: string
  email: string | null
  telephone: string | null
  conseiller_id: string | null
}

export interface TiersPage {
  items: TiersLine[]
  total: number
}

export interface TiersDetail extends TiersLine {
  /** Modèles that its subscription includes; null without one. */
  prestations_incluses: string[] | null
  siret: string | null
  adresse: string | null
  contacts: { id: string; nom: string; prenom: string; email: string; fonction: string | null }[]
}

export const tiersQuery = (recherche: string, offset = 0, limit = 50) =>
  queryOptions({
    queryKey: ['tiers', recherche, offset, limit],
    queryFn: ({ signal }) => call<TiersPage>('GET', '/api/tiers', { query: { recherche, offset, limit }, signal }),
    placeholderData: keepPreviousData,
  })

export const tiersDetailQuery = (id: string) =>
  queryOptions({
    queryKey: ['tiers', id],
    queryFn: ({ signal }) => call<TiersDetail>('GET', `/api/tiers/${id}`, { signal }),
    staleTime: 5 * 60_000,
  })

/** Sendings of a démarche's documents to those who sign them online; read again with the démarche. */
export const signaturesQuery = (id: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'signatures'],
    queryFn: ({ signal }) => call<Signatures>('GET', `/api/demarches/${id}/signatures`, { signal }),
  })

/** The board of one modèle: the first open démarches of each column. */
export const tableauQuery = (filters: DemarcheFilters) =>
  queryOptions({
    queryKey: ['demarches', 'tableau', filters],
    queryFn: ({ signal }) => call<Tableau>('GET', '/api/demarches/tableau', { query: { ...filters }, signal }),
    placeholderData: keepPreviousData,
  })

/** What of one column comes after its first page, which the board has. */
export const colonneQuery = (filters: DemarcheFilters, colonne: string) =>
  infiniteQueryOptions({
    queryKey: ['demarches', 'colonne', colonne, filters],
    queryFn: ({ pageParam, signal }) =>
      call<DemarchePage>('GET', '/api/demarches', { query: { ...filters, colonne, tri: 'echeance', page: pageParam }, signal }),
    initialPageParam: 2,
    getNextPageParam: (last) => (last.page * last.taille < last.total ? last.page + 1 : null),
  })

/** The timeline of a démarche: some families only when any is given (TL-06), or what is about one object (`piece:rib`). */
export const activiteQuery = (id: string, familles: readonly string[] = [], objet?: string) =>
  infiniteQueryOptions({
    queryKey: ['demarche', id, 'journal', familles.join(','), objet ?? null],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limite: '30' })
      if (objet) search.set('objet', objet)
      for (const famille of familles) search.append('famille', famille)
      if (pageParam !== null) search.set('avant', pageParam)
      return call<JournalPage>('GET', `/api/demarches/${id}/journal?${search}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.suivant === null ? null : String(last.suivant)),
    placeholderData: keepPreviousData,
  })

/** What someone outside the firm saw of a démarche; `le` absent: as it is now. */
export const vueClientQuery = (id: string, le: string | undefined, lecteur: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'vue-client', le ?? null, lecteur],
    queryFn: ({ signal }) => call<PastView>('GET', `/api/demarches/${id}/vue-client`, { query: { le, lecteur }, signal }),
    placeholderData: keepPreviousData,
  })

export const notificationsRecentesQuery = queryOptions({
  queryKey: ['notifications', 'recentes'],
  queryFn: ({ signal }) => call<NotificationPage>('GET', '/api/notifications', { query: { limit: 30 }, signal }),
})
