import { ActionIcon, Button } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle, IconArrowDown, IconArrowsSplit2, IconArrowUp, IconGripVertical, IconPlus } from '@tabler/icons-react'
import { type ComponentProps, type DragEvent, Fragment, useState } from 'react'
import { TurnMark } from '@shared/components/TurnMark'
import { count } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import { accepte, type Cible, deplacement, placeDe, voisine } from './deplacements'
import type { Brouillon, EtapeLue, Noeud, Operation } from './lecture'
import { acteurs, cote, etapesDe, liste, nouveauBloc, nouvelleEtape, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  brouillon: Brouillon
  donnees: Noeud
  choisie: string | null
  onSelect: (cle: string) => void
  /** Keys of étapes that were just added. */
  onNouvelles: (cles: string[]) => void
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

/** A place named, to know which one the pointer is over. */
const nomme = (cible: Cible): string => [...cible.liste, cible.rang].join('/')

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

/** Étapes in order: moved by drag and drop, by buttons, or with Alt and the arrows, in and out of branches (MOD-03). */
export function ListeEtapes({ brouillon, donnees, choisie, onSelect, onNouvelles, onOperation }: Props) {
  const [dragged, setDragged] = useState<EtapeLue | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const etapes = etapesDe(donnees)
  const simples = etapes.filter((etape) => !etape.bloc)

  const move = (etape: EtapeLue, cible: Cible | null): void => {
    const asked = cible ? deplacement(donnees, etape, cible) : []
    if (asked.length > 0) void onOperation(...asked)
  }
  /** What makes a row a place to drop on: `cible` says which, from the half of the row that is under the pointer. */
  const depot = (cible: (apres: boolean) => Cible): Pick<ComponentProps<'li'>, 'onDragOver' | 'onDrop'> => {
    const under = (event: DragEvent<HTMLLIElement>): Cible => {
      const { top, height } = event.currentTarget.getBoundingClientRect()
      return cible(event.clientY > top + height / 2)
    }
    return {
      onDragOver: (event) => {
        const here = under(event)
        if (!dragged || !accepte(dragged, here)) return
        event.preventDefault()
        setOver(nomme(here))
      },
      onDrop: (event) => {
        event.preventDefault()
        if (dragged) move(dragged, under(event))
        setDragged(null)
        setOver(null)
      },
    }
  }
  const add = async (): Promise<void> => {
    const valeur = nouvelleEtape(donnees, etapes.map((etape) => etape.cle))
    if (await onOperation({ genre: 'inserer', chemin: ['etapes', liste(donnees.etapes).length], valeur })) {
      onNouvelles([valeur.cle])
      onSelect(valeur.cle)
    }
  }
  const addBlock = async (): Promise<void> => {
    const valeur = nouveauBloc(donnees, etapes.map((etape) => etape.cle))
    if (await onOperation({ genre: 'inserer', chemin: ['etapes', liste(donnees.etapes).length], valeur })) {
      onNouvelles(valeur.branches.flat().map(({ cle }) => cle))
      onSelect(valeur.parallele)
    }
  }
  return (
    <section aria-labelledby="titre-etapes">
      <div className={classes.elementsTete}>
        <h2 id="titre-etapes">Étapes <span>{simples.length}</span></h2>
        <ActionIcon variant="default" size={30} aria-label="Ajouter des étapes en parallèle" title="Ajouter des étapes en parallèle" onClick={() => void addBlock()}><IconArrowsSplit2 size={15} stroke={STROKE} /></ActionIcon>
        <Button variant="default" size="xs" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => void add()}>Ajouter</Button>
      </div>
      <ol className={classes.etapes}>
        {etapes.map((etape, position) => {
          const Icone = iconNamed(texte(etape.noeud.icone))
          const faults = brouillon.constats.filter((constat) => constat.etape === etape.cle)
          const wrong = faults.some((constat) => constat.niveau === 'erreur')
          const { liste: parent, rang } = placeDe(etape)
          const before: Cible = { liste: parent, rang }
          const after: Cible = { liste: parent, rang: rang + 1 }
          const inBranch = etape.groupe !== undefined
          const [, index, , branch] = etape.chemin as [string, number, string, number]
          const branches: Cible['liste'] = ['etapes', index, 'branches']
          const next = etapes[position + 1]
          const last = inBranch && next?.chemin[1] !== index
          return (
            <Fragment key={etape.cle}>
            {inBranch && rang === 0 && (
              <li className={classes.branche} data-cible={(dragged && over === nomme({ liste: branches, rang: branch })) ? 'avant' : undefined} {...depot(() => ({ liste: branches, rang: branch }))}>Branche {branch + 1}</li>
            )}
            <li
              className={classes.etape}
              data-choisie={choisie === etape.cle || undefined}
              data-branche={inBranch || undefined}
              data-bloc={etape.bloc || undefined}
              data-cible={dragged && dragged.cle !== etape.cle ? (over === nomme(before) ? 'avant' : over === nomme(after) && next?.chemin.join('/') !== nomme(after) ? 'apres' : undefined) : undefined}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move'
                event.dataTransfer.setData('text/plain', etape.cle)
                setDragged(etape)
              }}
              onDragEnd={() => { setDragged(null); setOver(null) }}
              {...depot((apres) => (etape.bloc && apres ? { liste: branches, rang: 0 } : apres ? after : before))}
            >
              <IconGripVertical size={16} stroke={STROKE} aria-hidden className={classes.poignee} />
              {etape.bloc ? (
                <button type="button" className={classes.etapeBouton} aria-current={choisie === etape.cle ? 'true' : undefined} onClick={() => onSelect(etape.cle)}>
                  <span className={classes.groupe}><IconArrowsSplit2 size={14} stroke={STROKE} aria-hidden /> En parallèle : {etape.titre}</span>
                </button>
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
                    move(etape, voisine(donnees, etape, event.key === 'ArrowUp' ? -1 : 1))
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
                <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Monter l’étape ${etape.titre}`} disabled={voisine(donnees, etape, -1) === null} onClick={() => move(etape, voisine(donnees, etape, -1))}><IconArrowUp size={14} stroke={STROKE} /></ActionIcon>
                <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Descendre l’étape ${etape.titre}`} disabled={voisine(donnees, etape, 1) === null} onClick={() => move(etape, voisine(donnees, etape, 1))}><IconArrowDown size={14} stroke={STROKE} /></ActionIcon>
              </span>
            </li>
            {/* Always there, and its room with it: rows that move as a drag begins would end it. */}
            {last && <li className={classes.branche} data-cachee={!dragged || !accepte(dragged, { liste: branches, rang: 0 }) || undefined} data-cible={over === nomme({ liste: branches, rang: branch + 1 }) ? 'avant' : undefined} {...depot(() => ({ liste: branches, rang: branch + 1 }))}>Nouvelle branche</li>}
            </Fragment>
          )
        })}
      </ol>
    </section>
  )
}
