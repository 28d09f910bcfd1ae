import { ActionIcon, Button } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle, IconArrowDown, IconArrowsSplit2, IconArrowUp, IconGripVertical, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { TurnMark } from '@shared/components/TurnMark'
import { count } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import type { Brouillon, EtapeLue, Noeud, Operation, Place } from './lecture'
import { acteurs, cleDe, cote, etapesDe, liste, roleCabinet, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  brouillon: Brouillon
  donnees: Noeud
  choisie: string | null
  onSelect: (cle: string) => void
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

const parent = (place: Place): string => place.slice(0, -1).join('/')
const rank = (etape: EtapeLue): number => Number(etape.chemin.at(-1))

/** What an étape holds, in a few words. */
function contenu(etape: EtapeLue, donnees: Noeud): string {
  const who = acteurs(donnees).find((each) => each.value === etape.noeud.responsable)?.label
  const parts = [
    [liste(etape.noeud.formulaires).length, 'formulaire', 'formulaires'],
    [liste(etape.noeud.pieces).length, 'pièce', 'pièces'],
    [liste(etape.noeud.taches).length, 'tâche', 'tâches'],
  ] as const
  const held = parts.filter(([number]) => number > 0).map(([number, one, many]) => count(number, one, many))
  return [who, ...held].filter(Boolean).join(' · ')
}

/** Étapes in order: moved by drag and drop, by buttons, or with Alt and the arrows (MOD-03). */
export function ListeEtapes({ brouillon, donnees, choisie, onSelect, onOperation }: Props) {
  const [dragged, setDragged] = useState<EtapeLue | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const etapes = etapesDe(donnees)
  const simples = etapes.filter((etape) => !etape.bloc)

  const move = (etape: EtapeLue, to: number): void => {
    const size = etapes.filter((each) => parent(each.chemin) === parent(etape.chemin)).length
    if (to < 0 || to >= size || to === rank(etape)) return
    void onOperation({ genre: 'deplacer', chemin: etape.chemin, vers: [...etape.chemin.slice(0, -1), to] })
  }
  const add = async (): Promise<void> => {
    const cle = cleDe('nouvelle_etape', etapes.map((etape) => etape.cle))
    const pour = roleCabinet(donnees)
    const valeur = { cle, titre: 'Nouvelle étape', responsable: pour, taches: [{ cle: `faire_${cle}`, titre: 'À faire', pour }] }
    if (await onOperation({ genre: 'inserer', chemin: ['etapes', liste(donnees.etapes).length], valeur })) onSelect(cle)
  }
  return (
    <section aria-labelledby="titre-etapes">
      <div className={classes.elementsTete}>
        <h2 id="titre-etapes">Étapes <span>{simples.length}</span></h2>
        <Button variant="default" size="xs" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => void add()}>Ajouter</Button>
      </div>
      <ol className={classes.etapes}>
        {etapes.map((etape) => {
          const Icone = iconNamed(texte(etape.noeud.icone))
          const faults = brouillon.constats.filter((constat) => constat.etape === etape.cle)
          const wrong = faults.some((constat) => constat.niveau === 'erreur')
          const siblings = etapes.filter((each) => parent(each.chemin) === parent(etape.chemin)).length
          const target = dragged && parent(dragged.chemin) === parent(etape.chemin) && dragged.cle !== etape.cle
          return (
            <li
              key={etape.cle}
              className={classes.etape}
              data-choisie={choisie === etape.cle || undefined}
              data-branche={etape.groupe !== undefined || undefined}
              data-bloc={etape.bloc || undefined}
              data-cible={(target && over === etape.cle) || undefined}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move'
                event.dataTransfer.setData('text/plain', etape.cle)
                setDragged(etape)
              }}
              onDragEnd={() => { setDragged(null); setOver(null) }}
              onDragOver={(event) => {
                if (!target) return
                event.preventDefault()
                setOver(etape.cle)
              }}
              onDrop={(event) => {
                event.preventDefault()
                if (dragged && target) move(dragged, rank(etape))
                setDragged(null)
                setOver(null)
              }}
            >
              <IconGripVertical size={16} stroke={STROKE} aria-hidden className={classes.poignee} />
              {etape.bloc ? (
                <span className={classes.etapeTexte}>
                  <span className={classes.groupe}><IconArrowsSplit2 size={14} stroke={STROKE} aria-hidden /> En parallèle : {etape.titre}</span>
                </span>
              ) : (
                <button
                  type="button"
                  className={classes.etapeBouton}
                  aria-current={choisie === etape.cle ? 'true' : undefined}
                  aria-description="Alt et flèche haut ou bas : déplacer l’étape."
                  onClick={() => onSelect(etape.cle)}
                  onKeyDown={(event) => {
                    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
                    event.preventDefault()
                    move(etape, rank(etape) + (event.key === 'ArrowUp' ? -1 : 1))
                  }}
                >
                  <span className={classes.pave} data-couleur={texte(etape.noeud.couleur) || undefined}><Icone size={16} stroke={STROKE} aria-hidden /></span>
                  <span className={classes.etapeTexte}>
                    <strong>{etape.titre}</strong>
                    <small><TurnMark tour={cote(donnees, etape.noeud.responsable)} size={12} /> {contenu(etape, donnees)}</small>
                  </span>
                  {faults.length > 0 && (wrong
                    ? <IconAlertCircle size={17} stroke={STROKE} className={classes.erreur} aria-label="Erreur" />
                    : <IconAlertTriangle size={17} stroke={STROKE} className={classes.alerte} aria-label="Avertissement" />)}
                </button>
              )}
              <span className={classes.deplacer}>
                <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Monter l’étape ${etape.titre}`} disabled={rank(etape) === 0} onClick={() => move(etape, rank(etape) - 1)}><IconArrowUp size={14} stroke={STROKE} /></ActionIcon>
                <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Descendre l’étape ${etape.titre}`} disabled={rank(etape) === siblings - 1} onClick={() => move(etape, rank(etape) + 1)}><IconArrowDown size={14} stroke={STROKE} /></ActionIcon>
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
