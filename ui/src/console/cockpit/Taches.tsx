import { Button, Select } from '@mantine/core'
import { IconCoinEuro, IconFlag, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useMoi } from '@shared/api/session'
import type { DemarcheView, TacheView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { EmptyState } from '@shared/components/States'
import { TacheBadge } from '@shared/components/TacheBadge'
import { TurnPill } from '@shared/components/TurnPill'
import { type Colonne, columnOf, columnsOf, LIBRES, shownFor } from '@shared/demarche/colonnes'
import { nowOf, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { Chips } from '../components/Chips'
import type { CockpitDialog } from './dialogs'
import classes from './Taches.module.css'
import { isWorking } from './droits'

type Tri = 'echeance' | 'priorite' | 'responsable'

const isOpen = (tache: TacheView): boolean => tache.statut !== 'termine' && tache.statut !== 'annulee'
/** Past its due date, on the démarche's own clock. */
export const isLate = (tache: TacheView, demarche: DemarcheView): boolean => isOpen(tache) && tache.due_at !== null && Date.parse(tache.due_at) < new Date(nowOf(demarche)).getTime()

interface Props {
  demarche: DemarcheView
  vue: 'liste' | 'tableau'
  onVue: (vue: 'liste' | 'tableau') => void
  onTache: (id: string) => void
  onDialog: (dialog: CockpitDialog) => void
}

/** « Tâches & Planification »: list or board (TCH-01, TCH-02). */
export function Taches({ demarche, vue, onVue, onTache, onDialog }: Props) {
  const [state, setState] = useState('ouvertes')
  const [sort, setSort] = useState<Tri>('echeance')
  const [who, setWho] = useState<string | null>(null)
  const [urgent, setUrgent] = useState(false)
  const [billed, setBilled] = useState(false)
  const open = demarche.taches.filter(isOpen)
  const shown = useMemo(() => {
    const kept = demarche.taches.filter((tache) => (state === 'ouvertes' ? isOpen(tache) : state === 'finies' ? !isOpen(tache) : true))
    return kept.filter((tache) => (!who || tache.pour_nom === who) && (!urgent || tache.priorite === 'urgente') && (!billed || tache.facturable)).sort(orders[sort])
  }, [demarche.taches, state, sort, who, urgent, billed])
  const people = [...new Set(demarche.taches.map((tache) => tache.pour_nom))].sort((a, b) => a.localeCompare(b))
  const working = isWorking(demarche)
  return (
    <Card nue>
      <div className={classes.bar}>
        {vue === 'liste' ? (
          <Chips
            nom="État des tâches"
            valeur={state}
            onChange={setState}
            options={[
              { cle: 'ouvertes', libelle: 'Ouvertes', n: open.length },
              { cle: 'finies', libelle: 'Finies', n: demarche.taches.length - open.length },
              { cle: 'toutes', libelle: 'Toutes', n: demarche.taches.length },
            ]}
          />
        ) : <h2>Tâches</h2>}
        <div className={classes.tools}>
          {vue === 'liste' && (
            <>
            <Button size="compact-sm" variant={urgent ? 'light' : 'default'} aria-pressed={urgent} leftSection={<IconFlag size={14} stroke={STROKE} />} onClick={() => setUrgent(!urgent)}>Urgentes</Button>
            {demarche.taches.some((tache) => tache.facturable) && <Button size="compact-sm" variant={billed ? 'light' : 'default'} aria-pressed={billed} leftSection={<IconCoinEuro size={14} stroke={STROKE} />} onClick={() => setBilled(!billed)}>Facturables</Button>}
            {people.length > 1 && <Select aria-label="Tâches de" w={160} placeholder="De tous" clearable value={who} onChange={setWho} data={people} />}
            <Select
              aria-label="Trier les tâches"
              w={150}
              allowDeselect={false}
              value={sort}
              onChange={(value) => value && setSort(value as Tri)}
              data={[{ value: 'echeance', label: 'Par échéance' }, { value: 'priorite', label: 'Par priorité' }, { value: 'responsable', label: 'Par responsable' }]}
            />
            </>
          )}
          <Chips nom="Présentation" valeur={vue} onChange={(value) => onVue(value as Props['vue'])} options={[{ cle: 'liste', libelle: 'Liste' }, { cle: 'tableau', libelle: 'Tableau' }]} />
        </div>
      </div>
      {vue === 'tableau' ? <Board demarche={demarche} onTache={onTache} working={working} />
        : shown.length === 0 ? (
          <EmptyState action={working && <Button variant="default" leftSection={<IconPlus size={16} stroke={STROKE} />} onClick={() => onDialog({ type: 'tache' })}>Nouvelle Tâche</Button>}>
            {state === 'ouvertes' ? 'Aucune tâche ouverte.' : 'Aucune tâche ici.'}
          </EmptyState>
        ) : (
          <ul>{shown.map((tache) => <Row key={tache.id} tache={tache} demarche={demarche} onOpen={() => onTache(tache.id)} />)}</ul>
        )}
    </Card>
  )
}

const time = (tache: TacheView): number => (tache.due_at ? Date.parse(tache.due_at) : Infinity)
const orders: Record<Tri, (a: TacheView, b: TacheView) => number> = {
  echeance: (a, b) => (time(a) === time(b) ? a.titre.localeCompare(b.titre) : time(a) - time(b)),
  priorite: (a, b) => Number(b.priorite === 'urgente') - Number(a.priorite === 'urgente') || (time(a) < time(b) ? -1 : 1),
  responsable: (a, b) => a.pour_nom.localeCompare(b.pour_nom) || (time(a) < time(b) ? -1 : 1),
}

function Row({ tache, demarche, onOpen }: { tache: TacheView; demarche: DemarcheView; onOpen: () => void }) {
  const moi = useMoi()
  const late = isLate(tache, demarche)
  const etape = demarche.etapes.find((each) => each.cle === tache.etape)
  const done = tache.checklist.filter((point) => point.fait).length
  return (
    <li>
      <button type="button" className={classes.row} onClick={onOpen}>
        <span className={classes.text}>
          <span className={classes.title}>{tache.priorite === 'urgente' && isOpen(tache) && <IconFlag size={14} className={classes.urgent} aria-label="Urgent" />}{tache.titre}</span>
          <span className={classes.under}>
            <TacheBadge tache={tache} retard={late} court />
            <span className={classes.sub}>{[etape?.titre, tache.facturable && 'Facturable', tache.checklist.length > 0 && `${done} sur ${tache.checklist.length} cochés`].filter(Boolean).join(' · ') || 'Hors étape'}</span>
          </span>
        </span>
        <span className={classes.cell}>{isOpen(tache) ? <TurnPill tour={tache.side} nom={tache.user_id === moi.id ? 'Vous' : tache.pour_nom} /> : <span className={classes.sub}>{tache.completed_by ?? tache.pour_nom}</span>}</span>
        <span className={classes.due} data-retard={late || undefined}>{isOpen(tache) ? tache.due_at && shortDate(tache.due_at) : tache.completed_at && shortDate(tache.completed_at)}</span>
      </button>
    </li>
  )
}

interface Move {
  chemin: string
  body?: unknown
}

/** How a card goes from its column to another; null where nothing leads. To open a task again asks for a reason. */
function moveOf(tache: TacheView, from: string, to: Colonne): Move | 'rouvrir' | null {
  const chemin = `/taches/${tache.id}`
  if (from === to.cle) return null
  if (tache.statut === 'suggere_client') return to.cle === 'a_faire' ? { chemin: `${chemin}/prise-en-compte` } : null
  if (to.statut === 'termine') return { chemin: `${chemin}/fin`, body: { visit: tache.visit } }
  if (!LIBRES.some((cle) => cle === to.statut)) return null
  if (tache.statut === 'termine') return to.cle === 'a_faire' ? 'rouvrir' : null
  return { chemin: `${chemin}/place`, body: { statut: to.statut, colonne: to.cle === to.statut ? null : to.cle } }
}

/** The firm's columns. A card moves by mouse, or by keyboard with the arrows (TCH-01, TCH-03). */
function Board({ demarche, onTache, working }: { demarche: DemarcheView; onTache: (id: string) => void; working: boolean }) {
  const { run, send } = useCommands(demarche.id)
  const [reopened, setReopened] = useState<TacheView | null>(null)
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const taches = demarche.taches.filter((tache) => tache.statut !== 'annulee')
  const columns = columnsOf(useMoi())
  const shown = shownFor(taches, columns)
  const way = (tache: TacheView, to: Colonne): Move | 'rouvrir' | null => moveOf(tache, columnOf(tache, columns), to)

  const move = (tache: TacheView, to: Colonne): void => {
    const how = way(tache, to)
    if (!how || !working) return
    if (how === 'rouvrir') {
      setReopened(tache)
      return
    }
    void run(
      how,
      { dit: `« ${tache.titre} » : ${to.libelle.toLowerCase()}`, optimiste: (before) => ({ ...before, taches: before.taches.map((each) => (each.id === tache.id ? { ...each, statut: to.statut, colonne: to.cle } : each)) }) },
    )
  }
  const step = (tache: TacheView, by: number): void => {
    const here = columnOf(tache, columns)
    const order = columns.filter((to) => to.cle === here || way(tache, to) !== null)
    const next = order[order.findIndex(({ cle }) => cle === here) + by]
    if (next) move(tache, next)
  }
  const lifted = taches.find((tache) => tache.id === dragged)

  return (
    <>
    <div className={classes.board} style={{ gridTemplateColumns: `repeat(${shown.length}, minmax(200px, 1fr))` }}>
      {shown.map((column) => {
        const { cle } = column
        const cards = taches.filter((tache) => columnOf(tache, columns) === cle)
        return (
          <section
            key={cle}
            className={classes.column}
            data-cible={(lifted && way(lifted, column) && over === cle) || undefined}
            onDragOver={(event) => {
              if (lifted && way(lifted, column)) {
                event.preventDefault()
                setOver(cle)
              }
            }}
            onDrop={(event) => {
              event.preventDefault()
              if (lifted) move(lifted, column)
              setDragged(null)
              setOver(null)
            }}
          >
            <h3>{column.libelle} <span>{cards.length}</span></h3>
            <ul>
              {cards.map((tache) => (
                <li key={tache.id}>
                  <button
                    type="button"
                    className={classes.card}
                    draggable={working}
                    aria-description="Flèches gauche et droite : changer de colonne. Entrée : ouvrir."
                    onDragStart={() => setDragged(tache.id)}
                    onDragEnd={() => { setDragged(null); setOver(null) }}
                    onClick={() => onTache(tache.id)}
                    onKeyDown={(event) => {
                      if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') { event.preventDefault(); step(tache, event.key === 'ArrowRight' ? 1 : -1) }
                    }}
                  >
                    <span className={classes.cardTitle}>{tache.titre}</span>
                    <span className={classes.cardFoot}>
                      <TurnPill tour={tache.side} nom={tache.pour_nom} />
                      {tache.due_at && <span className={classes.due} data-retard={isLate(tache, demarche) || undefined}>{shortDate(tache.due_at).slice(0, 5)}</span>}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </div>
    <ConfirmDialog
      ouvert={reopened !== null}
      onClose={() => setReopened(null)}
      titre="Rouvrir la tâche"
      action="Rouvrir"
      motif={{ libelle: 'Motif' }}
      onConfirm={(motif) => send({ chemin: `/taches/${reopened?.id ?? ''}/reouverture`, body: { motif } })}
    />
    </>
  )
}
