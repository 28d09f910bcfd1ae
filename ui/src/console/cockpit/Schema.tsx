import type { DemarcheView, EtapeView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { StatusBadge } from '@shared/components/StatusBadge'
import { shortDate } from '@shared/format'
import { Diagram } from '../components/Diagram'
import classes from './Schema.module.css'

/** « Schéma »: the diagram of the modèle's version with the étapes under way, done, passed; the same as a list. */
export function Schema({ demarche }: { demarche: DemarcheView }) {
  const current = demarche.etapes.filter((etape) => etape.statut === 'en_cours').map(({ titre }) => titre)
  const where = current.length > 0 ? `En cours : ${current.join(', ')}.` : demarche.phase === 'demande' ? 'Demande à l’étude : aucune étape n’a commencé.' : 'Aucune étape en cours.'
  return (
    <div className={classes.columns}>
      <Card>
        <div className={classes.head}>
          <h2>Schéma</h2>
          <p>{demarche.modele_titre}, version {demarche.modele_version}</p>
        </div>
        {/* Drawn anew after each command: its number is part of the address. */}
        <Diagram src={`/api/demarches/${demarche.id}/graphe?seq=${demarche.seq}`} alt={`Schéma de la démarche. ${where} La liste « Étape par étape » dit la même chose.`} nom="Schéma de la démarche" />
      </Card>
      <Card className={classes.list ?? ''}>
        <h2>Étape par étape</h2>
        <p className={classes.where}>{where}</p>
        <ol>
          {demarche.etapes.map((etape) => (
            <li key={etape.cle} aria-current={etape.statut === 'en_cours' ? 'step' : undefined}>
              <span className={classes.line}><span className={classes.title}>{etape.titre}</span><StatusBadge objet="etape" cle={etape.statut} court /></span>
              <span className={classes.soft}>{detailOf(etape)}</span>
            </li>
          ))}
        </ol>
      </Card>
    </div>
  )
}

/** What the picture says by its shapes: side by side, optional, until when, why it was passed. */
function detailOf(etape: EtapeView): string {
  const parts = [
    etape.parallele && `En parallèle : ${etape.parallele}`,
    etape.facultative && etape.statut === 'a_faire' && 'Facultative',
    etape.completed_at && shortDate(etape.completed_at),
    etape.statut === 'passee' && etape.motif,
    etape.statut === 'en_cours' && etape.attendus.length > 0 && `Attend ${etape.attendus.join(', ')}`,
    etape.statut === 'en_cours' && etape.due_at && `avant le ${shortDate(etape.due_at)}`,
  ]
  return parts.filter(Boolean).join(' · ')
}
