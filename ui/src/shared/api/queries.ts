/** Every read of the API, with its cache key. Keys of one démarche start with ['demarche', id]. */
import { infiniteQueryOptions, keepPreviousData, type QueryKey, queryOptions } from '@tanstack/react-query'
import type { LiveEvent } from '../hooks/useLive'
import { draftsSaved } from './drafts'
import { ApiError, call } from './http'
import type {
  Analyses, Attentes, Cabinet, CatalogueForm, CatalogueItem, Conseiller, DemarcheFilters, DemarchePage, DemarcheView, Draft,
  DraftLine, EtapeForm, JournalPage, ModeleLine, MyDocuments, NotificationPage, PiecesToCheck, Preferences, SentMail, StaffMember, Work,
} from './types'

export const demarchesQuery = (filters: DemarcheFilters) =>
  queryOptions({
    queryKey: ['demarches', filters],
    queryFn: ({ signal }) => call<DemarchePage>('GET', '/api/demarches', { query: { ...filters }, signal }),
    placeholderData: keepPreviousData,
  })

export const demarcheQuery = (id: string) =>
  queryOptions({
    queryKey: ['demarche', id],
    queryFn: ({ signal }) => call<DemarcheView>('GET', `/api/demarches/${id}`, { signal }),
  })

/** Files of a démarche that the antivirus keeps from being read. */
export const analysesQuery = (id: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'analyses'],
    queryFn: ({ signal }) => call<Analyses>('GET', `/api/demarches/${id}/analyses`, { signal }),
  })

/** Documents and pièces of every démarche, some démarches a page. */
export const documentsQuery = (page: number) =>
  queryOptions({
    queryKey: ['documents', page],
    queryFn: ({ signal }) => call<MyDocuments>('GET', '/api/documents', { query: { page }, signal }),
    placeholderData: keepPreviousData,
  })

/** Newest first; `famille` keeps one family of events (TL-06). */
export const journalQuery = (id: string, famille: string | readonly string[] | null = null) =>
  infiniteQueryOptions({
    queryKey: ['demarche', id, 'journal', famille],
    queryFn: ({ pageParam, signal }) =>
      call<JournalPage>('GET', `/api/demarches/${id}/journal`, { query: { limite: 40, avant: pageParam, famille }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.suivant,
    placeholderData: keepPreviousData,
  })

/** What was written about one object of a démarche (`tache:t1`), newest first. */
export const objetQuery = (id: string, objet: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'journal', 'objet', objet],
    queryFn: ({ signal }) => call<JournalPage>('GET', `/api/demarches/${id}/journal`, { query: { limite: 50, famille: 'echange', objet }, signal }),
  })

/** The mail that a line of a journal tells of. */
export const courrielQuery = (id: string, ligne: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'courriel', ligne],
    queryFn: ({ signal }) => call<SentMail>('GET', `/api/demarches/${id}/journal/${ligne}/courriel`, { signal }),
  })

/** Newest first, of all the démarches of a client (TL-01). */
export const historiqueQuery = (tiers: string, famille: string | null = null) =>
  infiniteQueryOptions({
    queryKey: ['historique', tiers, famille],
    queryFn: ({ pageParam, signal }) =>
      call<JournalPage>('GET', `/api/tiers/${tiers}/journal`, { query: { limite: 40, avant: pageParam, famille }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.suivant,
    placeholderData: keepPreviousData,
  })

export const formulaireQuery = (id: string, nom: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'formulaire', nom],
    queryFn: ({ signal }) => call<EtapeForm>('GET', `/api/demarches/${id}/formulaires/${nom}`, { signal }),
    // What is being typed must not be replaced by a refresh.
    staleTime: Infinity,
    gcTime: 0,
  })

export const travailQuery = (portee: 'moi' | 'equipe' | 'toutes') =>
  queryOptions({
    queryKey: ['travail', portee],
    queryFn: ({ signal }) => call<Work>('GET', '/api/travail', { query: { portee }, signal }),
    placeholderData: keepPreviousData,
  })

export const piecesAValiderQuery = queryOptions({
  queryKey: ['pieces-a-valider'],
  queryFn: ({ signal }) => call<PiecesToCheck>('GET', '/api/pieces-a-valider', { signal }),
})

export const attentesQuery = queryOptions({
  queryKey: ['attentes'],
  queryFn: ({ signal }) => call<Attentes>('GET', '/api/attentes', { signal }),
})

export const catalogueQuery = (tiers: string | undefined) =>
  queryOptions({
    queryKey: ['catalogue', tiers],
    queryFn: ({ signal }) => call<CatalogueItem[]>('GET', '/api/catalogue', { query: { tiers }, signal }),
    staleTime: 5 * 60_000,
  })

export const catalogueFormQuery = (modele: string, tiers: string | undefined, depuis?: string) =>
  queryOptions({
    queryKey: ['catalogue', tiers, modele, depuis],
    queryFn: ({ signal }) => call<CatalogueForm>('GET', `/api/catalogue/${modele}`, { query: { tiers, depuis }, signal }),
    staleTime: 5 * 60_000,
  })

export const brouillonsQuery = queryOptions({
  queryKey: ['brouillons'],
  queryFn: ({ signal }) => call<DraftLine[]>('GET', '/api/brouillons', { signal }),
})

/** The draft of one request, null when there is none. */
export const brouillonQuery = (modele: string, tiers: string | undefined) =>
  queryOptions({
    queryKey: ['brouillon', modele, tiers],
    queryFn: async ({ signal }): Promise<Draft | null> => {
      await draftsSaved()
      const drafts = await call<DraftLine[]>('GET', '/api/brouillons', { signal })
      const exists = drafts.some((draft) => draft.modele === modele && (!tiers || draft.tiers_id === tiers))
      return exists ? call<Draft>('GET', `/api/brouillons/${modele}`, { query: { tiers }, signal }) : null
    },
    staleTime: Infinity,
    gcTime: 0,
  })

export const NOTIFICATIONS_PAGE = 20

export const notificationsQuery = (page = 1, nonLues = false) =>
  queryOptions({
    queryKey: ['notifications', page, nonLues],
    queryFn: ({ signal }) =>
      call<NotificationPage>('GET', '/api/notifications', {
        query: { limit: NOTIFICATIONS_PAGE, offset: (page - 1) * NOTIFICATIONS_PAGE, non_lues: nonLues || undefined },
        signal,
      }),
    placeholderData: keepPreviousData,
  })

/** What I am told outside of the portal. */
export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: ({ signal }) => call<Preferences>('GET', '/api/moi/notifications', { signal }),
})

export const cabinetQuery = queryOptions({
  queryKey: ['cabinet'],
  queryFn: ({ signal }) => call<Cabinet>('GET', '/api/cabinet', { signal }),
  staleTime: Infinity,
})

/** The client's adviser, null when nobody is assigned yet. */
export const conseillerQuery = queryOptions({
  queryKey: ['conseiller'],
  queryFn: async ({ signal }): Promise<Conseiller | null> => {
    try {
      return await call<Conseiller>('GET', '/api/conseiller', { signal })
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

export const equipeQuery = queryOptions({
  queryKey: ['equipe'],
  queryFn: ({ signal }) => call<StaffMember[]>('GET', '/api/equipe', { signal }),
  staleTime: 5 * 60_000,
})

export const modelesQuery = queryOptions({
  queryKey: ['modeles'],
  queryFn: ({ signal }) => call<ModeleLine[]>('GET', '/api/modeles', { signal }),
})

/** What a live event makes stale, in both applications. */
export function keysOf(event: LiveEvent): QueryKey[] {
  if (event.type === 'notification') return [['notifications']]
  if (event.type === 'export') return event.etat === 'en_cours' ? [] : [['exports', event.demarche]]
  const lists: QueryKey[] = [['demarches'], ['travail'], ['attentes'], ['pieces-a-valider'], ['documents'], ['historique']]
  return event.demarche ? [['demarche', event.demarche], ...lists] : [...lists, ['catalogue']]
}
