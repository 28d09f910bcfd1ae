import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from '@tanstack/react-router'
import { isStaff, moiQuery } from '@shared/api/session'
import { ErrorState } from '@shared/components/States'
import type { Onglet } from './demarche/DemarchePage'
import { Frame } from './Frame'
import { HomePage } from './pages/HomePage'

interface Context {
  queryClient: QueryClient
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: lazyRouteComponent(() => import('./pages/SmallPages'), 'PortalNotFound'),
})

const connexion = createRoute({
  getParentRoute: () => root,
  path: '/connexion',
  validateSearch: (search: Record<string, unknown>): { retour?: string } =>
    // Only an address of this site: an outside one would make the login page a springboard.
    typeof search.retour === 'string' && /^\/(?![/\\])/.test(search.retour) ? { retour: search.retour } : {},
  component: lazyRouteComponent(() => import('./pages/ConnexionPage'), 'ConnexionPage'),
})

const lien = createRoute({
  getParentRoute: () => root,
  path: '/lien/$token',
  component: lazyRouteComponent(() => import('./pages/LienPage'), 'LienPage'),
})

/** Everything that asks for a session. */
const prive = createRoute({
  getParentRoute: () => root,
  id: 'prive',
  beforeLoad: async ({ context, location }) => {
    const moi = await context.queryClient.ensureQueryData(moiQuery)
    if (!moi) {
      throw redirect({ to: '/connexion', search: location.href === '/' ? {} : { retour: location.href } })
    }
    if (isStaff(moi.role)) throw redirect({ href: '/console' })
    if (moi.role === 'participant') throw redirect({ to: '/invite' })
    return { moi }
  },
  component: Frame,
  errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
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

const onglets: readonly string[] = ['synthese', 'taches', 'documents', 'echanges', 'equipe']

const tiersSearch = (search: Record<string, unknown>): TiersSearch =>
  typeof search.tiers === 'string' ? { tiers: search.tiers } : {}

const home = createRoute({ getParentRoute: () => prive, path: '/', component: HomePage })
const demarches = createRoute({
  getParentRoute: () => prive,
  path: '/demarches',
  component: lazyRouteComponent(() => import('./pages/DemarchesPage'), 'DemarchesPage'),
})
const demarche = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id',
  staticData: { sansPied: true },
  validateSearch: (search: Record<string, unknown>): DemarcheSearch => ({
    ...(typeof search.onglet === 'string' && onglets.includes(search.onglet) ? { onglet: search.onglet as Onglet } : {}),
    ...(search.question === true ? { question: true } : {}),
    ...(search.nouvelle === true ? { nouvelle: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./demarche/DemarchePage'), 'DemarchePage'),
})
const depot = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id/depot',
  component: lazyRouteComponent(() => import('./pages/DepotPage'), 'DepotPage'),
})
const formulaire = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id/formulaire/$nom',
  component: lazyRouteComponent(() => import('./pages/EtapeFormPage'), 'EtapeFormPage'),
})
const documents = createRoute({
  getParentRoute: () => prive,
  path: '/documents',
  component: lazyRouteComponent(() => import('./pages/DocumentsPage'), 'DocumentsPage'),
})
const demandes = createRoute({
  getParentRoute: () => prive,
  path: '/demandes',
  component: lazyRouteComponent(() => import('./pages/DemandesPage'), 'DemandesPage'),
})
const services = createRoute({
  getParentRoute: () => prive,
  path: '/services',
  validateSearch: tiersSearch,
  component: lazyRouteComponent(() => import('./pages/ServicesPage'), 'ServicesPage'),
})
const service = createRoute({
  getParentRoute: () => prive,
  path: '/services/$modele',
  validateSearch: tiersSearch,
  component: lazyRouteComponent(() => import('./pages/ServiceFormPage'), 'ServiceFormPage'),
})
const notifications = createRoute({
  getParentRoute: () => prive,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./pages/NotificationsPage'), 'NotificationsPage'),
})
const contact = createRoute({
  getParentRoute: () => prive,
  path: '/contact',
  component: lazyRouteComponent(() => import('./pages/SmallPages'), 'ContactPage'),
})
const profil = createRoute({
  getParentRoute: () => prive,
  path: '/profil',
  component: lazyRouteComponent(() => import('./pages/SmallPages'), 'ProfilPage'),
})
const plus = createRoute({
  getParentRoute: () => prive,
  path: '/plus',
  component: lazyRouteComponent(() => import('./pages/SmallPages'), 'PlusPage'),
})

/** The space of a participant: one page, outside the clients' frame. */
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  beforeLoad: async ({ context }) => {
    const moi = await context.queryClient.ensureQueryData(moiQuery)
    if (moi?.role !== 'participant') throw redirect({ to: moi ? '/' : '/connexion' })
  },
  component: lazyRouteComponent(() => import('./pages/InvitePage'), 'InvitePage'),
  errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
})

const routes = root.addChildren([
  connexion,
  lien,
  invite,
  prive.addChildren([
    home, demarches, demarche, depot, formulaire, documents, demandes, services, service, notifications, contact, profil, plus,
  ]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
