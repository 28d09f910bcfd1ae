import { Link } from '@tanstack/react-router'
import { type Icon, IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { StatusBadge } from '@shared/components/StatusBadge'
import { STROKE } from '@shared/icons'
import rows from '../pages/Modeles.module.css'
import classes from './Reglages.module.css'

interface Props {
  vers: string
  icone: Icon
  titre: string
  children: ReactNode
  /** Its rewriting no longer works: the original serves meanwhile. */
  echec: boolean
  /** What tells a rewritten model from its original. */
  marque?: string | undefined
}

/** A model of mails or of PDF in the settings' lists. */
export function LigneModele({ vers, icone: Icone, titre, children, echec, marque }: Props) {
  return (
    <Link to={vers} className={rows.row}>
      <Icone size={18} stroke={STROKE} aria-hidden />
      <span className={rows.text}>
        <strong>{titre}</strong>
        <span>{children}</span>
      </span>
      <span className={classes.badges}>
        {echec && <StatusBadge objet="document" cle="brouillon" perso={{ libelle: 'À corriger', couleur: 'rouge', icone: 'alert-circle' }} />}
        {marque && <StatusBadge objet="document" cle="disponible" perso={{ libelle: marque }} />}
      </span>
      <IconChevronRight size={16} stroke={STROKE} aria-hidden />
    </Link>
  )
}
