import { useQuery } from '@tanstack/react-query'
import { Outlet, useMatches } from '@tanstack/react-router'
import { attentesQuery, keysOf } from '@shared/api/queries'
import { useLive } from '@shared/hooks/useLive'
import { Shell } from './components/Shell'
import { Notices } from './offline/Notices'

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
      <Notices direct={direct} />
      <Outlet />
    </Shell>
  )
}
