import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './http'

/** The session ended meanwhile: ask to log in again, then come back here. A participant has only their link. */
function backToLogin(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) return
  const { pathname, search } = location
  if (pathname.startsWith('/invite') || pathname.endsWith('/connexion')) return
  const staff = pathname === '/console' || pathname.startsWith('/console/')
  const here = (staff ? pathname.slice('/console'.length) : pathname) || '/'
  location.assign(`${staff ? '/console' : ''}/connexion?retour=${encodeURIComponent(here + search)}`)
}

/** Query client of both applications: a refusal is final, a broken line is tried again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: backToLogin }),
    mutationCache: new MutationCache({ onError: backToLogin }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: 'offlineFirst',
        // Without any network, what was not kept is said to be missing at once; it is read again with the network.
        retry: (failures, error) => navigator.onLine && !(error instanceof ApiError && error.status < 500) && failures < 2,
      },
      mutations: { networkMode: 'offlineFirst' },
    },
  })
}
