import type { QueryClient, QueryKey } from '@tanstack/react-query'

/** Asks again for what is under this key, and for what is being asked for the first time once it has come: that answer
 * may be older than the news, and invalidating leaves it on its way. */
export function refresh(client: QueryClient, queryKey: QueryKey): void {
  const first = client.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching', predicate: (query) => query.state.data === undefined })
  void client.invalidateQueries({ queryKey })
  for (const query of first) {
    const again = () => client.invalidateQueries({ queryKey: query.queryKey, exact: true })
    query.promise?.then(again, () => undefined)
  }
}
