import { Outlet, useMatches } from '@tanstack/react-router'
import { type Role, useMoi } from '@shared/api/session'
import { Shell } from './components/Shell'

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Work screen: the sidebar folds to a rail. */
    replie?: boolean
  }
}

const roles: Partial<Record<Role, string>> = { conseiller: 'Conseil', responsable: 'Responsable', admin: 'Administration' }

/** Frame around every screen of the console. */
export function Frame() {
  const moi = useMoi()
  const replie = useMatches({ select: (matches) => matches.some((match) => match.staticData.replie) })
  return (
    <Shell nom={`${moi.prenom} ${moi.nom}`} initiales={moi.initiales} role={roles[moi.role] ?? ''} replie={replie}>
      <main id="contenu" tabIndex={-1}><Outlet /></main>
    </Shell>
  )
}
