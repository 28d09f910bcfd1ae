import { Button } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { count } from '@shared/format'
import { STROKE } from '@shared/icons'
import type { Brouillon } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  brouillon: Brouillon
  onEtape: (cle: string) => void
  onLigne: (fichier: string, ligne: number) => void
}

/** What `elaska modele verifier` says, at each change. */
export function Verification({ brouillon, onEtape, onLigne }: Props) {
  const erreurs = brouillon.constats.filter((constat) => constat.niveau === 'erreur').length
  const alertes = brouillon.constats.length - erreurs
  return (
    <section className={classes.verification} aria-labelledby="titre-verification">
      <h2 id="titre-verification">Vérification</h2>
      <p role="status" className={classes.bilan} data-etat={erreurs > 0 ? 'erreur' : alertes > 0 ? 'alerte' : 'bon'}>
        {erreurs > 0 ? count(erreurs, 'erreur', 'erreurs') : alertes > 0 ? count(alertes, 'avertissement', 'avertissements') : 'Rien à corriger'}
        {erreurs > 0 && alertes > 0 && `, ${count(alertes, 'avertissement', 'avertissements')}`}
      </p>
      <ul>
        {brouillon.constats.map((constat, index) => (
          <li key={`${constat.fichier}${constat.ligne}${index}`} data-niveau={constat.niveau}>
            {constat.niveau === 'erreur'
              ? <IconAlertCircle size={17} stroke={STROKE} aria-label="Erreur" />
              : <IconAlertTriangle size={17} stroke={STROKE} aria-label="Avertissement" />}
            <div>
              <strong>{constat.raison}</strong>
              {constat.remede && <p>{constat.remede}</p>}
              <p>
                {constat.etape && <Button variant="transparent" size="compact-xs" onClick={() => onEtape(constat.etape ?? '')}>Voir l’étape</Button>}
                {constat.ligne > 0 && (
                  <Button variant="transparent" size="compact-xs" onClick={() => onLigne(constat.fichier, constat.ligne)}>
                    {`${constat.fichier.split('/').at(-1)}, ligne ${constat.ligne}`}
                  </Button>
                )}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {brouillon.constats.length === 0 && <p className={classes.aide}><IconCircleCheck size={16} stroke={STROKE} aria-hidden /> Ce modèle peut être publié.</p>}
    </section>
  )
}
