import { iconNamed, STROKE } from '../icons'
import { type Objet, type StatutPersonnalise, statusOf, toneOfColour } from '../statuses'
import classes from './StatusBadge.module.css'

interface Props {
  objet: Objet
  cle: string
  /** Label, colour or icon chosen by the admin or the modèle (BDG-02). */
  perso?: StatutPersonnalise | null
  court?: boolean
}

/** Where an object is (BDG-01). Never says who must move: that is TurnPill. */
export function StatusBadge({ objet, cle, perso, court = false }: Props) {
  const statut = statusOf(objet, cle)
  const Icon = iconNamed(perso?.icone, statut.icone)
  const ton = perso?.couleur ? toneOfColour(perso.couleur) : statut.ton
  return (
    <span className={classes.badge} data-ton={ton} data-contour={statut.contour || undefined}>
      <Icon className={classes.icon} stroke={STROKE} aria-hidden />
      <span className={classes.label}>{perso?.libelle ?? (court ? statut.court : statut.libelle)}</span>
    </span>
  )
}
