import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './http'

/** Query client of both applications: a refusal is final, a broken line is tried again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: 'offlineFirst',
        retry: (failures, error) => !(error instanceof ApiError && error.status < 500) && failures < 2,
      },
      mutations: { networkMode: 'offlineFirst' },
    },
  })
}
