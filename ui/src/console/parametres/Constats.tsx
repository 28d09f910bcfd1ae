import { Button } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react'
import { messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { count } from '@shared/format'
import { STROKE } from '@shared/icons'
import auteur from '../modeles/Auteur.module.css'
import classes from './Reglages.module.css'

interface Props {
  constats: components['schemas']['ConstatCourriel'][]
  /** What is missing, when nothing is written. */
  vide: string | null
  error: unknown
  onLigne: (ligne: number) => void
}

/** What is to be corrected before the model may serve: where, why, what to do. */
export function Constats({ constats, vide, error, onLigne }: Props) {
  const erreurs = constats.filter((each) => each.niveau === 'erreur').length
  return (
    <section aria-labelledby="titre-constats" className={auteur.verification}>
      <h2 id="titre-constats" className={classes.titre}>Vérification</h2>
      {error ? <p role="alert" className={classes.erreur}>{messageOf(error)}</p> : (
        <p role="status" className={auteur.bilan} data-etat={vide || erreurs > 0 ? 'erreur' : constats.length > 0 ? 'alerte' : 'bon'}>
          {vide ?? (erreurs > 0 ? count(erreurs, 'point à corriger', 'points à corriger') : constats.length > 0 ? count(constats.length, 'avertissement') : 'Rien à corriger')}
        </p>
      )}
      <ul>
        {constats.map((each, index) => (
          <li key={`${each.champ}${each.ligne}${index}`} data-niveau={each.niveau}>
            {each.niveau === 'erreur'
              ? <IconAlertCircle size={17} stroke={STROKE} aria-label="Erreur" />
              : <IconAlertTriangle size={17} stroke={STROKE} aria-label="Avertissement" />}
            <div>
              <strong>{each.raison}</strong>
              <p>{each.remede}</p>
              {each.champ === 'sujet' ? <p>Dans l’objet.</p>
                : each.ligne > 0 && <p><Button variant="transparent" size="compact-xs" onClick={() => onLigne(each.ligne)}>Ligne {each.ligne}</Button></p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
