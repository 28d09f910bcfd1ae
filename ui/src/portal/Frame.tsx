import { Outlet } from '@tanstack/react-router'
import { useMoi } from '@shared/api/session'
import { Shell } from './components/Shell'

/** Frame around the pages of a client. */
export function Frame() {
  const moi = useMoi()
  return (
    <Shell nom={`${moi.prenom} ${moi.nom}`} initiales={moi.initiales} nonLues={0}>
      <Outlet />
    </Shell>
  )
}
