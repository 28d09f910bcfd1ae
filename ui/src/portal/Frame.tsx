import { useQuery } from '@tanstack/react-query'
import { Outlet, useMatches } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { attentesQuery, keysOf } from '@shared/api/queries'
import { useLive } from '@shared/hooks/useLive'
import { fetched } from '@shared/router/lazy'
import { Shell } from './components/Shell'

const Notices = lazy(fetched(() => import('./offline/Notices')))

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** The page brings its own fixed foot on a phone. */
    sansPied?: boolean
  }
}

/** Frame around the pages of a client; keeps them live. */
export function Frame() {
  const direct = useLive(keysOf)
  const { data } = useQuery(attentesQuery)
  const sansPied = useMatches({ select: (matches) => matches.some((match) => match.staticData.sansPied) })
  return (
    <Shell compteurs={{ '/': data?.total ?? 0 }} sansPied={sansPied}>
      <Suspense><Notices direct={direct} /></Suspense>
      <Outlet />
    </Shell>
  )
}
