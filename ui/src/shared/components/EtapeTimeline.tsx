import { IconArrowsSplit2, IconCheck, IconPlayerSkipForward } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { STROKE } from '../icons'
import { statusOf, type Tour } from '../statuses'
import classes from './EtapeTimeline.module.css'
import { StatusBadge } from './StatusBadge'
import { TurnMark } from './TurnMark'

export interface EtapeItem {
  cle: string
  titre: string
  /** Title of the block whose branches advance together, when the étape is in one. */
  groupe?: string | null
  /** Key of statuses.etape. */
  statut: string
  description?: string | null
  /** Dates and people in words: « Validé le 2 novembre · Sophie Lemaire », « Vers le 4 décembre ». */
  detail?: string | null
  /** Whose turn, on an étape in progress. */
  tour?: Tour | null
  tourNom?: string | null
  /** Badge instead of the étape's own status, on the current étape: « Action requise ». */
  badge?: string | null
  /** More content on the current étape: progress, counters. */
  contenu?: ReactNode
}

const states: Record<string, 'fait' | 'courant' | 'a_venir' | 'passee'> = {
  valide: 'fait',
  termine: 'fait',
  en_cours: 'courant',
  en_retard: 'courant',
  action_requise: 'courant',
  passee: 'passee',
  sans_objet: 'passee',
}

interface Props {
  etapes: EtapeItem[]
  /** Étape shown as selected; with `onSelect`, each title is a button (console). */
  choisie?: string | null
  onSelect?: (cle: string) => void
}

/**
 * Étapes of a démarche as a vertical ordered list (DOS-21, UX-08), each with its state in words.
 * Dense in the console, warm in the portal.
 */
export function EtapeTimeline({ etapes, choisie, onSelect }: Props) {
  return (
    <ol className={classes.list}>
      {etapes.map((etape, index) => {
        const state = states[etape.statut] ?? 'a_venir'
        const late = etape.statut === 'en_retard'
        return (
          <li
            key={etape.cle}
            className={classes.item}
            data-etat={state}
            data-retard={late || undefined}
            data-tour={state === 'courant' ? (etape.tour ?? undefined) : undefined}
            data-choisie={etape.cle === choisie || undefined}
            aria-current={state === 'courant' ? 'step' : undefined}
          >
            <span className={classes.dot} aria-hidden="true">
              {state === 'fait' ? <IconCheck size={15} stroke={2.4} />
                : state === 'passee' ? <IconPlayerSkipForward size={13} stroke={STROKE} />
                : index + 1}
            </span>
            <div className={classes.body}>
              {etape.groupe && etape.groupe !== etapes[index - 1]?.groupe && (
                <p className={classes.group}><IconArrowsSplit2 size={14} stroke={STROKE} aria-hidden /> En parallèle : {etape.groupe}</p>
              )}
              <div className={classes.head}>
                {onSelect ? (
                  <button type="button" className={classes.titleButton} onClick={() => onSelect(etape.cle)}>
                    {etape.titre}
                  </button>
                ) : (
                  <span className={classes.title}>{etape.titre}</span>
                )}
                {state === 'courant' || etape.badge ? (
                  <StatusBadge objet="etape" cle={etape.badge ?? etape.statut} />
                ) : (
                  <span className="el-hors-vue">{statusOf('etape', etape.statut).libelle}</span>
                )}
              </div>
              {etape.description && <p className={classes.description}>{etape.description}</p>}
              {etape.contenu}
              {(etape.detail || (state === 'courant' && etape.tour)) && (
                <p className={classes.detail}>
                  {state === 'courant' && etape.tour && etape.tourNom && (
                    <span className={classes.turn}>
                      <TurnMark tour={etape.tour} size={13} /> {etape.tourNom}
                    </span>
                  )}
                  {etape.detail && <span>{etape.detail}</span>}
                </p>
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
