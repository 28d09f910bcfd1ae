import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import {
  attentesQuery, brouillonsQuery, cabinetQuery, catalogueFormQuery, catalogueQuery, conseillerQuery, demarcheQuery, demarchesQuery,
  documentsQuery, historiqueQuery, notificationsQuery,
} from '@shared/api/queries'
import { isStaff, moiQuery } from '@shared/api/session'
import { ask } from '@shared/router/first'
import { page } from '@shared/router/lazy'
import { ROUTER_OPTIONS } from '@shared/router/options'
import { redirectAcross, requireSession, returnSearch, type RouterContext } from '@shared/router/session'
import { ALL_LIST, DATES_LIST, HOME_LIST } from './attentes'
import type { Onglet } from './demarche/DemarchePage'
import { Frame } from './Frame'
import { HomePage } from './pages/HomePage'

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: page(() => import('./pages/SmallPages'), 'PortalNotFound'),
})

const connexion = createRoute({
  getParentRoute: () => root,
  path: '/connexion',
  validateSearch: returnSearch,
  component: page(() => import('./pages/ConnexionPage'), 'ConnexionPage'),
})

const lien = createRoute({
  getParentRoute: () => root,
  path: '/lien/$token',
  component: page(() => import('./pages/LienPage'), 'LienPage'),
})

const oubli = createRoute({
  getParentRoute: () => root,
  path: '/oubli',
  component: page(() => import('./pages/AccesPage'), 'OubliPage'),
})

/** By a personal link, somebody chooses their password. */
const acces = createRoute({
  getParentRoute: () => root,
  path: '/acces/$jeton',
  component: page(() => import('./pages/AccesPage'), 'AccesPage'),
})

/** Everything that asks for a session. */
const prive = createRoute({
  getParentRoute: () => root,
  id: 'prive',
  beforeLoad: async ({ context, location }) => {
    const moi = await requireSession(context.queryClient, location.href)
    if (isStaff(moi.role)) throw redirectAcross('/console', location.pathname)
    if (moi.role === 'participant') throw redirect({ to: '/invite' })
    return { moi }
  },
  loader: ({ context: { queryClient } }) => {
    ask(queryClient, attentesQuery)
    ask(queryClient, notificationsQuery())
    ask(queryClient, cabinetQuery)
  },
  component: Frame,
})

interface TiersSearch {
  tiers?: string
}

interface DemarcheSearch {
  onglet?: Onglet
  /** The composer takes the focus. */
  question?: boolean
  /** The request was just sent. */
  nouvelle?: boolean
}

const onglets: readonly string[] = ['synthese', 'taches', 'documents', 'echanges', 'historique', 'etapes', 'finances', 'equipe']

const tiersSearch = (search: Record<string, unknown>): TiersSearch =>
  typeof search.tiers === 'string' ? { tiers: search.tiers } : {}

const home = createRoute({
  getParentRoute: () => prive,
  path: '/',
  loader: ({ context: { queryClient, moi } }) => {
    ask(queryClient, demarchesQuery(HOME_LIST))
    ask(queryClient, demarchesQuery(DATES_LIST))
    ask(queryClient, catalogueQuery(moi.tiers[0]?.id))
    ask(queryClient, brouillonsQuery)
    ask(queryClient, conseillerQuery)
  },
  component: HomePage,
})
const demarches = createRoute({
  getParentRoute: () => prive,
  path: '/demarches',
  loader: ({ context: { queryClient } }) => ask(queryClient, demarchesQuery(ALL_LIST)),
  component: page(() => import('./pages/DemarchesPage'), 'DemarchesPage'),
})
const demarche = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id',
  staticData: { sansPied: true },
  // Not when a card is merely pointed at: reading a démarche is told in the access log.
  loader: ({ context: { queryClient }, params, preload }) => {
    if (!preload) ask(queryClient, demarcheQuery(params.id))
  },
  validateSearch: (search: Record<string, unknown>): DemarcheSearch => ({
    ...(typeof search.onglet === 'string' && onglets.includes(search.onglet) ? { onglet: search.onglet as Onglet } : {}),
    ...(search.question === true ? { question: true } : {}),
    ...(search.nouvelle === true ? { nouvelle: true } : {}),
  }),
  component: page(() => import('./demarche/DemarchePage'), 'DemarchePage'),
})
const depot = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id/depot',
  component: page(() => import('./pages/DepotPage'), 'DepotPage'),
})
const formulaire = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id/formulaire/$nom',
  component: page(() => import('./pages/EtapeFormPage'), 'EtapeFormPage'),
})
const documents = createRoute({
  getParentRoute: () => prive,
  path: '/documents',
  loader: async ({ context: { queryClient, moi } }) => {
    ask(queryClient, documentsQuery(1))
    const { gedQuery } = await import('@shared/ged/queries')
    for (const { id } of moi.tiers) ask(queryClient, gedQuery(id, ''))
  },
  component: page(() => import('./pages/DocumentsPage'), 'DocumentsPage'),
})
const demandes = createRoute({
  getParentRoute: () => prive,
  path: '/demandes',
  component: page(() => import('./pages/DemandesPage'), 'DemandesPage'),
})
const services = createRoute({
  getParentRoute: () => prive,
  path: '/services',
  validateSearch: tiersSearch,
  component: page(() => import('./pages/ServicesPage'), 'ServicesPage'),
})
const service = createRoute({
  getParentRoute: () => prive,
  path: '/services/$modele',
  validateSearch: tiersSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient, moi }, params, deps }) => ask(queryClient, catalogueFormQuery(params.modele, deps.tiers ?? moi.tiers[0]?.id)),
  component: page(() => import('./pages/ServiceFormPage'), 'ServiceFormPage'),
})
const notifications = createRoute({
  getParentRoute: () => prive,
  path: '/notifications',
  component: page(() => import('./pages/NotificationsPage'), 'NotificationsPage'),
})
const historique = createRoute({
  getParentRoute: () => prive,
  path: '/historique',
  loader: ({ context: { queryClient, moi } }) => {
    const tiers = moi.tiers[0]
    if (tiers) void queryClient.prefetchInfiniteQuery(historiqueQuery(tiers.id))
  },
  component: page(() => import('./pages/HistoriquePage'), 'HistoriquePage'),
})
const contact = createRoute({
  getParentRoute: () => prive,
  path: '/contact',
  component: page(() => import('./pages/SmallPages'), 'ContactPage'),
})
const profil = createRoute({
  getParentRoute: () => prive,
  path: '/profil',
  component: page(() => import('./pages/SmallPages'), 'ProfilPage'),
})
const plus = createRoute({
  getParentRoute: () => prive,
  path: '/plus',
  component: page(() => import('./pages/SmallPages'), 'PlusPage'),
})

/** The page of a debtor: no session, the link is the key (REC-29). */
const payer = createRoute({
  getParentRoute: () => root,
  path: '/payer/$jeton',
  // `abandon`: the debtor came back from the provider's page without paying.
  validateSearch: (search: Record<string, unknown>): { paiement?: string; abandon?: true } => ({
    ...(typeof search.paiement === 'string' && { paiement: search.paiement }),
    ...(search.abandon === true && { abandon: true }),
  }),
  component: page(() => import('./pages/PayerPage'), 'PayerPage'),
})

/** The space of a participant: one page, outside the clients' frame. */
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  beforeLoad: async ({ context }) => {
    const moi = await context.queryClient.ensureQueryData(moiQuery)
    if (moi?.role !== 'participant') throw redirect({ to: moi ? '/' : '/connexion' })
  },
  component: page(() => import('./pages/InvitePage'), 'InvitePage'),
})

const routes = root.addChildren([
  payer,
  connexion,
  lien,
  oubli,
  acces,
  invite,
  prive.addChildren([
    home, demarches, demarche, depot, formulaire, documents, demandes, services, service, notifications, historique, contact, profil, plus,
  ]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queryClient },
    ...ROUTER_OPTIONS,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
