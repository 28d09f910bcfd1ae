import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconChevronDown, IconPlus, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import { STROKE } from '@shared/icons'
import { type Champ, Champs } from './Champs'
import { cleDe, liste, type Noeud, noeud, type Operation, type Place, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  titre: string
  /** « Ajouter une tâche ». */
  ajouter: string
  vide: string
  chemin: Place
  /** A list of items, or items by key. */
  valeur: unknown
  champs: readonly Champ[]
  nouveau: (cle: string) => Noeud
  /** Base of a new item's key. */
  base: string
  /** Name of an item, from its title, label or key. */
  nom?: (item: Noeud, cle: string) => string
  resume?: (item: Noeud) => string
  /** What the fields of an item do not say: the task that a relance makes. */
  suite?: (item: Noeud, chemin: Place) => ReactNode
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

/** Items of a part of the file: tâches, pièces, relances, statuses … Each opens on its fields, moves and goes. */
export function Elements({ titre, ajouter, vide, chemin, valeur, champs, nouveau, base, nom, resume, suite, onOperation }: Props) {
  const [open, setOpen] = useState<string | null>(null)
  /** Key of an item added here and not named yet: nothing speaks of it, and its key follows its first name. */
  const [neuve, setNeuve] = useState<string | null>(null)
  const keyed = !Array.isArray(valeur) && valeur !== undefined && valeur !== null
  const items = keyed
    ? Object.entries(noeud(valeur)).map(([cle, item]) => ({ part: cle as string | number, cle, item: noeud(item) }))
    : liste(valeur).map((item, index) => ({ part: index as string | number, cle: texte(noeud(item).cle ?? noeud(item).nom) || String(index), item: noeud(item) }))
  const add = (byKey: boolean): void => {
    const cle = cleDe(base, items.map((each) => each.cle))
    if (byKey) void onOperation({ genre: 'poser', chemin: [...chemin, cle], valeur: nouveau(cle) })
    else void onOperation({ genre: 'inserer', chemin: [...chemin, items.length], valeur: nouveau(cle) })
    setOpen(byKey ? cle : String(items.length))
    setNeuve(cle)
  }
  const nommer = (item: Noeud, cle: string, here: Place, operation: Operation): Promise<boolean> => {
    const last = operation.chemin?.at(-1)
    if (cle !== neuve || operation.genre !== 'poser' || (last !== 'titre' && last !== 'libelle') || operation.chemin?.length !== here.length + 1) return onOperation(operation)
    const named = cleDe(texte(operation.valeur), items.map((each) => each.cle).filter((each) => each !== cle))
    setNeuve(null)
    if (byKey && named !== cle) {
      setOpen(named)
      return onOperation({ genre: 'poser', chemin: [...chemin, named], valeur: { ...item, [last]: operation.valeur } }, { genre: 'retirer', chemin: here })
    }
    if ('cle' in item) return onOperation(operation, { genre: 'poser', chemin: [...here, 'cle'], valeur: named })
    return onOperation(operation)
  }
  const byKey = keyed || chemin.length === 1
  const rows = useRef<HTMLUListElement>(null)
  /** Rows are known by their rank: what was open and what had the focus follow the item. */
  const move = (index: number, sens: -1 | 1): void => {
    const to = index + sens
    setOpen((rank) => (rank === String(index) ? String(to) : rank === String(to) ? String(index) : rank))
    void onOperation({ genre: 'deplacer', chemin: [...chemin, index], vers: [...chemin, to] })
    const row = rows.current?.children[to]
    const same = row?.querySelector<HTMLElement>(`[data-sens="${sens}"]:not(:disabled)`)
    ;(same ?? row?.querySelector('button'))?.focus()
  }
  /** The one that comes in the place of what goes has the focus, else the one before, else what adds another. */
  const keepFocus = (gone: number): void => {
    // Rows of a list are known by their rank, which the next item takes; those of a map go with their key.
    const next = byKey ? gone + 1 : gone
    const row = rows.current?.children[gone < items.length - 1 ? next : gone - 1]
    ;(row ?? rows.current?.parentElement)?.querySelector('button')?.focus()
  }
  return (
    <section className={classes.elements}>
      <div className={classes.elementsTete}>
        <h3>{titre} {items.length > 0 && <span>{items.length}</span>}</h3>
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => add(byKey)}>{ajouter}</Button>
      </div>
      {items.length === 0 && <p className={classes.aide}>{vide}</p>}
      <ul ref={rows}>
        {items.map(({ part, cle, item }, index) => {
          const here = [...chemin, part]
          const name = nom?.(item, cle) || texte(item.titre) || texte(item.libelle) || cle
          const shown = open === String(part)
          return (
            <li key={String(part)} className={classes.element}>
              <div className={classes.elementTete}>
                <button type="button" className={classes.elementNom} aria-expanded={shown} onClick={() => setOpen(shown ? null : String(part))}>
                  <IconChevronDown size={15} stroke={STROKE} aria-hidden data-ouvert={shown || undefined} />
                  <span>{name}</span>
                  {resume && <small>{resume(item)}</small>}
                </button>
                {!byKey && (
                  <>
                    <ActionIcon variant="subtle" color="gray" data-sens="-1" aria-label={`Monter : ${name}`} disabled={index === 0} onClick={() => move(index, -1)}><IconArrowUp size={15} stroke={STROKE} /></ActionIcon>
                    <ActionIcon variant="subtle" color="gray" data-sens="1" aria-label={`Descendre : ${name}`} disabled={index === items.length - 1} onClick={() => move(index, 1)}><IconArrowDown size={15} stroke={STROKE} /></ActionIcon>
                  </>
                )}
                <ActionIcon variant="subtle" color="red" aria-label={`Supprimer : ${name}`} onClick={() => { setOpen(null); setNeuve(null); keepFocus(index); void onOperation({ genre: 'retirer', chemin: here }) }}><IconTrash size={15} stroke={STROKE} /></ActionIcon>
              </div>
              {shown && <Champs champs={champs} valeurs={item} chemin={here} onOperation={(operation) => nommer(item, cle, here, operation)} />}
              {shown && suite?.(item, here)}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
