import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Link, Outlet, redirect,
} from '@tanstack/react-router'
import { isStaff, moiQuery } from '@shared/api/session'
import { ErrorState } from '@shared/components/States'
import { NotFoundPage } from '@shared/pages/NotFoundPage'

interface Context {
  queryClient: QueryClient
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: () => <NotFoundPage retour={<Link to="/">Retour à la file</Link>} />,
})

const connexion = createRoute({
  getParentRoute: () => root,
  path: '/connexion',
  validateSearch: (search: Record<string, unknown>): { retour?: string } =>
    // Only an address of the console: an outside one would make the login page a springboard.
    typeof search.retour === 'string' && /^\/(?![/\\])/.test(search.retour) ? { retour: search.retour } : {},
  component: lazyRouteComponent(() => import('./pages/ConnexionPage'), 'ConnexionPage'),
})

const galerie = createRoute({
  getParentRoute: () => root,
  path: '/galerie',
  component: lazyRouteComponent(() => import('./pages/GaleriePage'), 'GaleriePage'),
})

/** Everything that asks for a staff session. Screens are its children. */
const prive = createRoute({
  getParentRoute: () => root,
  id: 'prive',
  beforeLoad: async ({ context, location }) => {
    const moi = await context.queryClient.ensureQueryData(moiQuery)
    if (!moi) throw redirect({ to: '/connexion', search: location.href === '/' ? {} : { retour: location.href } })
    if (!isStaff(moi.role)) throw redirect({ href: '/' })
    return { moi }
  },
  component: lazyRouteComponent(() => import('./Frame'), 'Frame'),
  errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
})

type Search = Record<string, string>

/** Search parameters kept as short texts; anything else in the address is dropped. */
const texts = (...names: string[]) => (search: Record<string, unknown>): Search => {
  const kept: Search = {}
  for (const name of names) {
    const value = search[name]
    if (typeof value === 'string' || typeof value === 'number') kept[name] = String(value).slice(0, 200)
  }
  return kept
}

const queue = createRoute({
  getParentRoute: () => prive,
  path: '/',
  validateSearch: texts('portee', 'tour'),
  component: lazyRouteComponent(() => import('./queue/QueuePage'), 'QueuePage'),
})

const demarches = createRoute({
  getParentRoute: () => prive,
  path: '/demarches',
  validateSearch: texts('q', 'statut', 'turn', 'modele', 'conseiller', 'client', 'etat', 'tri', 'sens', 'page'),
  component: lazyRouteComponent(() => import('./demarches/DemarchesPage'), 'DemarchesPage'),
})

const cockpit = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id',
  validateSearch: texts('onglet', 'tache', 'vue', 'cible'),
  staticData: { replie: true },
  component: lazyRouteComponent(() => import('./cockpit/CockpitPage'), 'CockpitPage'),
})

const pieces = createRoute({
  getParentRoute: () => prive,
  path: '/pieces',
  validateSearch: texts('demarche', 'piece'),
  staticData: { replie: true },
  component: lazyRouteComponent(() => import('./pieces/PiecesPage'), 'PiecesPage'),
})

const nouvelle = createRoute({
  getParentRoute: () => prive,
  path: '/nouvelle',
  validateSearch: texts('modele', 'client', 'phase'),
  component: lazyRouteComponent(() => import('./nouvelle/NouvellePage'), 'NouvellePage'),
})

const clients = createRoute({
  getParentRoute: () => prive,
  path: '/clients',
  validateSearch: texts('q', 'page'),
  component: lazyRouteComponent(() => import('./pages/ClientsPage'), 'ClientsPage'),
})

const modeles = createRoute({
  getParentRoute: () => prive,
  path: '/modeles',
  component: lazyRouteComponent(() => import('./pages/ModelesPage'), 'ModelesPage'),
})

const modele = createRoute({
  getParentRoute: () => prive,
  path: '/modeles/$cle',
  component: lazyRouteComponent(() => import('./pages/ModelePage'), 'ModelePage'),
})

const profil = createRoute({
  getParentRoute: () => prive,
  path: '/profil',
  component: lazyRouteComponent(() => import('./pages/ProfilPage'), 'ProfilPage'),
})

const routes = root.addChildren([
  connexion,
  galerie,
  prive.addChildren([queue, demarches, cockpit, pieces, nouvelle, clients, modeles, modele, profil]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: routes,
    basepath: '/console',
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  })
}
