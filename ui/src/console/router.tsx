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

const routes = root.addChildren([connexion, galerie, prive.addChildren([])])

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
