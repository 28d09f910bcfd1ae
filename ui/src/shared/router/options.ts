import { RouteError } from './RouteError'

/** How both applications navigate. */
export const ROUTER_OPTIONS = {
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
} as const
