import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Attente } from '../attentes'

interface Props {
  attente: Pick<Attente, 'demarcheId' | 'kind' | 'itemId'>
  className?: string
  children: ReactNode
}

/** Leads to where the thing can be done. */
export function AttenteLink({ attente: { demarcheId: id, kind, itemId }, className, children }: Props) {
  switch (kind) {
    case 'piece':
      return <Link to="/demarches/$id/depot" params={{ id }} className={className}>{children}</Link>
    case 'formulaire':
    case 'correction':
      return <Link to="/demarches/$id/formulaire/$nom" params={{ id, nom: itemId }} className={className}>{children}</Link>
    case 'tache':
      return <Link to="/demarches/$id" params={{ id }} search={{ onglet: 'taches' }} className={className}>{children}</Link>
    default:
      return <Link to="/demarches/$id" params={{ id }} className={className}>{children}</Link>
  }
}
