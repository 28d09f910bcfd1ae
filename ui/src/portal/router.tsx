import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from '@tanstack/react-router'
import { isStaff, moiQuery } from '@shared/api/session'
import { ErrorState } from '@shared/components/States'
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
    if (moi.role === 'participant' && !location.pathname.startsWith('/invite')) throw redirect({ to: '/invite' })
    return { moi }
  },
  component: Frame,
  errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
})

const home = createRoute({ getParentRoute: () => prive, path: '/', component: HomePage })

const routes = root.addChildren([connexion, lien, prive.addChildren([home])])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  })
}
