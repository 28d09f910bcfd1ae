import type { FetchQueryOptions, QueryClient, QueryKey } from '@tanstack/react-query'

/** Asks for what a screen shows first while its code comes; the screen itself tells what fails, and tries again. */
export function ask<T, D, K extends QueryKey>(client: QueryClient, query: FetchQueryOptions<T, Error, D, K>): void {
  if (client.getQueryData(query.queryKey) === undefined) void client.prefetchQuery({ ...query, retry: false })
}

/** What is slower is shown as being loaded. */
const PATIENCE = 2_000
const PATIENCE_OF_ALL = 4_000

/** Waits for that, but not for ever, and whether or not it fails: the application then tells what happens. */
export function readable(loaded: Promise<void>): Promise<void> {
  return Promise.race([loaded, new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_OF_ALL))]).catch(() => undefined)
}

/** Waits until nothing is being read. */
export function settled(client: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stop()
      clearTimeout(timer)
      resolve()
    }
    const check = (): void => {
      if (client.isFetching() === 0) end()
    }
    const stop = client.getQueryCache().subscribe(check)
    const timer = setTimeout(end, PATIENCE)
    check()
  })
}
