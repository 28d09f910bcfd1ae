import { Link } from '@tanstack/react-router'
import type { EtapeView } from '../api/types'
import { ProgressBar } from '../components/Progress'
import { StatusBadge } from '../components/StatusBadge'
import classes from './Enfants.module.css'

/** Child démarches of an étape, one for each line: where each is, and the way to it (DESIGN rule 7). */
export function Enfants({ enfants }: { enfants: EtapeView['enfants'] }) {
  if (enfants.length === 0) return null
  return (
    <ul className={classes.list}>
      {enfants.map((enfant) => (
        <li key={enfant.demarche_id}>
          <span className={classes.head}>
            {enfant.motif ? <span>{enfant.titre}</span> : <Link to="/demarches/$id" params={{ id: enfant.demarche_id } as never}>{enfant.titre}</Link>}
            <StatusBadge objet="demarche" cle={enfant.statut} perso={{ libelle: enfant.statut_libelle, couleur: enfant.couleur }} court />
            {enfant.suite && <StatusBadge objet="demarche" cle={enfant.suite.cle} perso={enfant.suite} court />}
          </span>
          {enfant.motif ? <span className={classes.motif}>{enfant.motif}</span> : <ProgressBar part={enfant.progression / 100} nom={`Avancement : ${enfant.titre}`} />}
        </li>
      ))}
    </ul>
  )
}
