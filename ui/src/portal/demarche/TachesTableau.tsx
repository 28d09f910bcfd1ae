import type { DemarcheView } from '@shared/api/types'
import { useMoi } from '@shared/api/session'
import { columnOf, columnsOf, shownFor } from '@shared/demarche/colonnes'
import { dayOfYear } from '@shared/format'
import { useState } from 'react'
import { TaskWindow } from './Taches'
import classes from './TachesTableau.module.css'

/** The firm's columns, to be read: only the firm moves cards, each opens its task (TCH-01, TCH-03, TCH-06). */
export default function TachesTableau({ view }: { view: DemarcheView }) {
  const columns = columnsOf(useMoi())
  const [opened, setOpened] = useState<string | null>(null)
  const shown = view.taches.find(({ id }) => id === opened)
  const taches = view.taches.filter(({ statut }) => statut !== 'annulee')
  return (
    <div className={classes.board} tabIndex={0} role="group" aria-label="Tableau des tâches">
      {shownFor(taches, columns).map(({ cle, libelle }) => {
        const cards = taches.filter((tache) => columnOf(tache, columns) === cle)
        return (
          <section key={cle} className={classes.column} aria-label={libelle}>
            <h3>{libelle} <span>{cards.length}</span></h3>
            {cards.length === 0 ? <p className={classes.empty}>Aucune tâche</p> : (
              <ul>
                {cards.map((tache) => (
                  <li key={tache.id} className={classes.card} data-moi={tache.a_moi || undefined}>
                    <button type="button" className={classes.open} onClick={() => setOpened(tache.id)}>{tache.titre}</button>
                    <span>{[tache.a_moi ? 'Vous' : tache.pour_nom, tache.completed_at ? `le ${dayOfYear(tache.completed_at)}` : tache.due_at && `avant le ${dayOfYear(tache.due_at)}`].filter(Boolean).join(' · ')}</span>
                  </li>
                ))}
              </ul>
            )}
          </section>
        )
      })}
      {shown && <TaskWindow demarcheId={view.id} tache={shown} onClose={() => setOpened(null)} />}
    </div>
  )
}
