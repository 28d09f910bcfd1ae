import { Checkbox } from '@mantine/core'
import type { TacheView } from '@shared/api/types'
import { shortDate } from '@shared/format'
import { useCommands } from '../api/commands'
import classes from './Checklist.module.css'

/** Checklist of a tâche: each tick is recorded at once (TCH-04). */
export function Checklist({ demarcheId, tache, off = false }: { demarcheId: string; tache: TacheView; off?: boolean }) {
  const { run } = useCommands(demarcheId)
  const done = tache.checklist.filter((point) => point.fait).length
  const tick = (index: number, fait: boolean): void =>
    void run(
      { chemin: `/taches/${tache.id}/checklist/${index}`, methode: 'PUT', body: { fait } },
      {
        optimiste: (before) => ({
          ...before,
          taches: before.taches.map((each) =>
            each.id === tache.id
              ? { ...each, checklist: each.checklist.map((point, i) => (i === index ? { ...point, fait } : point)) }
              : each,
          ),
        }),
      },
    )
  return (
    <section>
      <div className={classes.head}><h3>Checklist</h3><span>{done} sur {tache.checklist.length}</span></div>
      <ul className={classes.checks}>
        {tache.checklist.map((point, index) => (
          <li key={point.libelle}>
            <Checkbox
              label={point.libelle}
              checked={point.fait}
              disabled={off}
              onChange={(event) => tick(index, event.currentTarget.checked)}
              title={point.par && point.at ? `${point.par}, ${shortDate(point.at)}` : undefined}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
