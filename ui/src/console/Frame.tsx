import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.layer.css'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useMatches, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useRef, useState } from 'react'
import { keysOf, piecesAValiderQuery, travailQuery } from '@shared/api/queries'
import { may, type Role, useMoi } from '@shared/api/session'
import { useLive } from '@shared/hooks/useLive'
import { useShortcuts } from '@shared/hooks/useShortcuts'
import { fetched } from '@shared/router/lazy'
import { Help } from './components/Help'
import { Shell } from './components/Shell'
import { WorkspaceProvider } from './components/Workspace'
import { premierReglage } from './parametres/Reglages'
import { dueByMe } from './queue/work'

const Palette = lazy(fetched(() => import('./components/Palette')))

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Work screen: the sidebar folds to a rail. */
    replie?: boolean
  }
}

const roles: Partial<Record<Role, string>> = { conseiller: 'Conseil', responsable: 'Responsable', admin: 'Administration' }

/** Two keys in a row, « G puis D », within this delay. */
const SEQUENCE_MS = 900

/** Frame around every screen of the console: counters, live updates, palette, shortcuts. */
export function Frame() {
  const moi = useMoi()
  const navigate = useNavigate()
  const replie = useMatches({ select: (matches) => matches.some((match) => match.staticData.replie) })
  const direct = useLive(keysOf)
  const { data: work } = useQuery(travailQuery('moi'))
  const { data: pieces } = useQuery(piecesAValiderQuery)
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const goAt = useRef(0)

  const go = (to: string) => (): void => {
    if (Date.now() - goAt.current < SEQUENCE_MS) void navigate({ to })
  }
  useShortcuts({
    'mod+k': () => setPalette(true),
    '?': () => setHelp(true),
    ...(may(moi, 'demarche.ouvrir') ? { n: () => void navigate({ to: '/nouvelle' }) } : {}),
    g: () => { goAt.current = Date.now() },
    f: go('/'),
    d: go('/demarches'),
    p: go('/pieces'),
  })

  const workspace = useMemo(
    () => ({ openPalette: () => setPalette(true), openHelp: () => setHelp(true), direct }),
    [direct],
  )
  return (
    <WorkspaceProvider value={workspace}>
      <Shell
        nom={`${moi.prenom} ${moi.nom}`}
        initiales={moi.initiales}
        photo={moi.photo}
        role={moi.titre ?? roles[moi.role] ?? ''}
        reglages={premierReglage(moi)}
        journal={may(moi, 'audit.lire')}
        replie={replie}
        compteurs={{ aTraiter: work ? dueByMe(work) : 0, pieces: pieces?.total ?? 0 }}
      >
        <Outlet />
      </Shell>
      <Notifications position="bottom-center" limit={4} containerWidth={460} />
      <Suspense>{palette && <Palette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} />}</Suspense>
      <Help ouvert={help} onClose={() => setHelp(false)} />
    </WorkspaceProvider>
  )
}
