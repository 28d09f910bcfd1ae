import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { may, type Moi, useMoi } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import type { Crumb } from '../components/Shell'
import { Screen, ScreenHead } from '../components/Screen'
import classes from './Reglages.module.css'

const onglets = [
  { to: '/parametres', libelle: 'Envoi des emails', droit: 'plateforme.regler' },
  { to: '/parametres/courriels', libelle: 'Modèles d’emails', droit: 'courriel.regler' },
  { to: '/parametres/cabinet', libelle: 'Cabinet et papier à en-tête', droit: 'cabinet.regler' },
  { to: '/parametres/exports', libelle: 'Modèles de PDF', droit: 'cabinet.regler' },
  { to: '/parametres/badges', libelle: 'Badges', droit: 'badge.regler' },
  { to: '/parametres/taches', libelle: 'Tableau des tâches', droit: 'badge.regler' },
  { to: '/parametres/droits', libelle: 'Droits', droit: 'droits.regler' },
  { to: '/parametres/plans', libelle: 'Plans de relance', droit: 'plan.regler' },
] as const

export type DroitDeReglage = (typeof onglets)[number]['droit']

/** The first screen of « Paramètres » open to this person, if any. */
export const premierReglage = (moi: Moi): string | undefined => onglets.find(({ droit }) => may(moi, droit))?.to

/** On a phone the row of tabs is longer than the screen: the current one is brought in sight. */
function showCurrent(row: HTMLElement | null): void {
  const current = row?.querySelector<HTMLElement>('[aria-current]')
  if (row && current) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2
}

interface Props {
  /** The right that this screen asks for. */
  droit: DroitDeReglage
  titre?: string
  /** What follows « Paramètres » in the breadcrumb. */
  suite?: Crumb[]
  sousTitre?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A screen of « Paramètres », for administrators and those to whom they granted it. */
export function Reglages({ droit, titre = 'Paramètres', suite = [], sousTitre, actions, children }: Props) {
  const moi = useMoi()
  const allowed = may(moi, droit)
  return (
    <Screen fil={[suite.length > 0 ? { libelle: 'Paramètres', to: '/parametres' } : { libelle: 'Paramètres' }, ...suite]}>
      <ScreenHead titre={titre} sousTitre={sousTitre}>{allowed && actions}</ScreenHead>
      {!allowed ? <Card><EmptyState>Ces réglages reviennent aux administrateurs et à ceux à qui ils les confient.</EmptyState></Card> : (
        <>
          <nav aria-label="Réglages" className={classes.onglets} ref={showCurrent}>
            {onglets.filter((onglet) => may(moi, onglet.droit)).map(({ to, libelle }) => (
              <Link key={to} to={to} activeOptions={{ exact: to === '/parametres' }} className={classes.onglet}>{libelle}</Link>
            ))}
            {/* They have a place of their own in the menu; an administrator looks for them here too (MOD-02). */}
            {may(moi, 'modele.ecrire') && <Link to="/modeles" className={classes.onglet}>Modèles de Démarches</Link>}
          </nav>
          {children}
        </>
      )}
    </Screen>
  )
}
