import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMoi } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import type { Crumb } from '../components/Shell'
import { Screen, ScreenHead } from '../components/Screen'
import classes from './Reglages.module.css'

const onglets = [
  { to: '/parametres', libelle: 'Envoi des e-mails' },
  { to: '/parametres/courriels', libelle: 'Modèles d’e-mails' },
  { to: '/parametres/cabinet', libelle: 'Cabinet et papier à en-tête' },
]

interface Props {
  titre?: string
  /** What follows « Paramètres » in the breadcrumb. */
  suite?: Crumb[]
  sousTitre?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A screen of « Paramètres », which administrators alone may use. */
export function Reglages({ titre = 'Paramètres', suite = [], sousTitre, actions, children }: Props) {
  const admin = useMoi().role === 'admin'
  return (
    <Screen fil={[suite.length > 0 ? { libelle: 'Paramètres', to: '/parametres' } : { libelle: 'Paramètres' }, ...suite]}>
      <ScreenHead titre={titre} sousTitre={sousTitre}>{admin && actions}</ScreenHead>
      {!admin ? <Card><EmptyState>Ces réglages reviennent aux administrateurs.</EmptyState></Card> : (
        <>
          <nav aria-label="Réglages" className={classes.onglets}>
            {onglets.map(({ to, libelle }) => (
              <Link key={to} to={to} activeOptions={{ exact: to === '/parametres' }} className={classes.onglet}>{libelle}</Link>
            ))}
          </nav>
          {children}
        </>
      )}
    </Screen>
  )
}
