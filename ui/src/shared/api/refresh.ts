import type { Query, QueryClient } from '@tanstack/react-query'

/** First answers that are asked again as soon as they come. */
const awaited = new WeakSet<Query>()

/** Asks again for these, and for what is being asked for the first time once it has come: that answer may be older than
 * the news, and invalidating leaves it on its way. */
export function refresh(client: QueryClient, wanted: (query: Query) => boolean): void {
  const first = client.getQueryCache().findAll({ fetchStatus: 'fetching', predicate: (query) => wanted(query) && query.state.data === undefined })
  void client.invalidateQueries({ predicate: wanted })
  for (const query of first) {
    if (awaited.has(query)) continue
    awaited.add(query)
    const again = (): void => {
      awaited.delete(query)
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true })
    }
    query.promise?.then(again, () => awaited.delete(query))
  }
}
