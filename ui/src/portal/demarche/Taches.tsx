import { Button, Checkbox, Textarea, TextInput } from '@mantine/core'
import { IconCheck, IconCircle, IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { messageOf } from '@shared/api/http'
import { useCommand } from '@shared/api/commands'
import type { DemarcheView, TacheView } from '@shared/api/types'
import { Attachments } from '@shared/components/Attachments'
import { Card, Section } from '@shared/components/Card'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState } from '@shared/components/States'
import { TacheBadge } from '@shared/components/TacheBadge'
import { dayOfYear, daysUntil } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { Due } from '../components/Due'
import classes from './Demarche.module.css'
import { TacheEchanges } from './TacheEchanges'

const Tableau = lazy(() => import('./TachesTableau'))

const over = (tache: TacheView): boolean => tache.statut === 'termine' || tache.statut === 'annulee'

/** Tasks the client may see: their own first, with checklists; then the firm's and those done. */
export function Taches({ view, onAdd }: { view: DemarcheView; onAdd: () => void }) {
  const mine = view.taches.filter((tache) => tache.a_moi)
  const others = view.taches.filter((tache) => !tache.a_moi && !over(tache))
  const done = view.taches.filter(over)
  const [board, setBoard] = useState(false)
  const add = view.cycle === 'ouverte' && view.phase === 'dossier' && (
    <Button variant="light" leftSection={<IconPlus size={20} stroke={STROKE} />} onClick={onAdd} className={classes.addTask}>Ajouter une tâche</Button>
  )
  const other = view.taches.length > 0 && (
    <Button variant="subtle" size="compact-md" className={classes.addTask} onClick={() => setBoard(!board)}>{board ? 'Voir en liste' : 'Voir en tableau'}</Button>
  )
  if (board && other) return <>{other}<Suspense><Tableau view={view} /></Suspense>{add}</>
  return (
    <>
      {other}
      {view.cycle === 'ouverte' && <Section titre="À faire par vous" aside={<span className={classes.muted}>{mine.length > 0 ? mine.length : null}</span>}>
        {mine.length === 0 && <Card><EmptyState>Aucune tâche pour vous. Nous vous préviendrons.</EmptyState></Card>}
        {mine.map((tache, index) => (
          <MyTask key={tache.id} demarcheId={view.id} tache={tache} premiere={index === 0}>
            <TaskForm demarcheId={view.id} tache={tache} />
          </MyTask>
        ))}
      </Section>}
      {view.cycle !== 'ouverte' && view.taches.length === 0 && <Card><EmptyState>Aucune tâche dans ce dossier.</EmptyState></Card>}
      {others.length > 0 && (
        <Section titre={view.cycle === 'suspendue' ? 'En pause, rien à faire pour le moment' : 'Chez nous et chez les autres'}>
          <Card nue>
            <ul>{others.map((tache) => <TaskLine key={tache.id} demarcheId={view.id} tache={tache} />)}</ul>
          </Card>
        </Section>
      )}
      {done.length > 0 && (
        <Section titre="Terminées">
          <Card nue><ul>{done.map((tache) => <TaskLine key={tache.id} demarcheId={view.id} tache={tache} />)}</ul></Card>
        </Section>
      )}
      {add}
    </>
  )
}

interface MyTaskProps {
  demarcheId: string
  tache: TacheView
  premiere: boolean
  /** What else it asks for. */
  children?: ReactNode
}

/** A task of the reader: checklist, then « C’est fait ». */
export function MyTask({ demarcheId, tache, premiere, children }: MyTaskProps) {
  const command = useCommand(demarcheId)
  const client = useQueryClient()
  const now = useNow()
  return (
    <Card>
      <div className={classes.task}>
        <div className={classes.taskHead}>
          <h3>{tache.titre}</h3>
          <TacheBadge tache={tache} retard={tache.due_at !== null && daysUntil(tache.due_at, now) < 0} />
        </div>
        {tache.description && <p className={classes.muted}>{tache.description}</p>}
        {tache.due_at && <Due at={tache.due_at} />}
        <TaskFacts tache={tache} />
        {tache.checklist.length > 0 && (
          <ul className={classes.checklist}>
            {tache.checklist.map((item, index) => (
              <li key={item.libelle}>
                <Checkbox
                  label={item.libelle}
                  checked={item.fait}
                  disabled={command.isPending}
                  onChange={(event) => command.mutate({ methode: 'PUT', chemin: `/taches/${tache.id}/checklist/${index}`, body: { fait: event.currentTarget.checked } })}
                />
              </li>
            ))}
          </ul>
        )}
        <Attachments fichiers={tache.fichiers} chemin={`/api/demarches/${demarcheId}/taches/${tache.id}/fichiers`} onDone={() => void client.invalidateQueries({ queryKey: ['demarche', demarcheId] })} />
        <TacheEchanges demarcheId={demarcheId} tache={tache.id} />
        {children}
        {command.error && <p className={classes.error} role="alert">{messageOf(command.error)}</p>}
        <Button
          variant={premiere ? 'filled' : 'outline'}
          loading={command.isPending}
          leftSection={<IconCheck size={20} stroke={STROKE} />}
          onClick={() => command.mutate({ chemin: `/taches/${tache.id}/fin`, body: { visit: tache.visit } })}
        >
          C’est fait
        </Button>
      </div>
    </Card>
  )
}

/** A task of someone else, or over: its line, and its details when it has some (TCH-06). */
function TaskLine({ demarcheId, tache }: { demarcheId: string; tache: TacheView }) {
  const done = tache.checklist.filter((item) => item.fait).length
  const head = (
    <>
      <div>
        <strong>{tache.titre}</strong>
        <p className={classes.muted}>
          {[
            tache.pour_nom,
            tache.completed_at ? `le ${dayOfYear(tache.completed_at)}` : tache.due_at ? `avant le ${dayOfYear(tache.due_at)}` : null,
            tache.checklist.length > 0 ? `${done} sur ${tache.checklist.length}` : null,
          ].filter(Boolean).join(' · ')}
        </p>
      </div>
      <TacheBadge tache={tache} />
    </>
  )
  return (
    <li className={classes.taskItem}>
      <details>
        <summary className={classes.taskLine}>{head}</summary>
        <div className={classes.taskMore}>
          <TaskMore demarcheId={demarcheId} tache={tache} />
        </div>
      </details>
    </li>
  )
}

/** Its facts besides its end, those that say something (TCH-04). */
function TaskFacts({ tache }: { tache: TacheView }) {
  const facts: [string, string][] = [
    ...(tache.priorite === 'urgente' ? [['Priorité', 'Urgent'] as [string, string]] : []),
    ...(tache.start_at ? [['Début', dayOfYear(tache.start_at)] as [string, string]] : []),
    ...(tache.facturable ? [['Facturable', 'oui'] as [string, string]] : []),
  ]
  if (facts.length === 0) return null
  return <dl className={classes.taskFacts}>{facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
}

/** What a task says to whom it is not to do it. */
function TaskMore({ demarcheId, tache }: { demarcheId: string; tache: TacheView }) {
  return (
    <>
      <TaskFacts tache={tache} />
      {tache.description && <p className={classes.muted}>{tache.description}</p>}
      {tache.motif && <p className={classes.muted}>Motif : {tache.motif}</p>}
      {tache.checklist.length > 0 && (
        <ul className={classes.points}>
          {tache.checklist.map((item) => (
            <li key={item.libelle}>
              {item.fait ? <IconCheck size={18} stroke={STROKE} aria-hidden /> : <IconCircle size={18} stroke={STROKE} aria-hidden />}
              <span>{item.libelle}<span className="el-hors-vue">{item.fait ? ', fait' : ', à faire'}</span></span>
            </li>
          ))}
        </ul>
      )}
      <Attachments fichiers={tache.fichiers} onDone={() => undefined} />
      <TacheEchanges demarcheId={demarcheId} tache={tache.id} />
    </>
  )
}

/** A task opened from the board (TCH-04, TCH-06): to be done when it is the reader's, else to be read. */
export function TaskWindow({ demarcheId, tache, onClose }: { demarcheId: string; tache: TacheView; onClose: () => void }) {
  return (
    <Dialog opened onClose={onClose} title={tache.a_moi ? 'À faire par vous' : tache.titre} size="lg">
      {tache.a_moi ? <MyTask demarcheId={demarcheId} tache={tache} premiere><TaskForm demarcheId={demarcheId} tache={tache} /></MyTask> : (
        <div className={classes.task}>
          <div className={classes.taskHead}>
            <p className={classes.muted}>{tache.pour_nom}</p>
            <TacheBadge tache={tache} />
          </div>
          {tache.completed_at ? <p className={classes.muted}>Terminée le {dayOfYear(tache.completed_at)}</p> : tache.due_at && <Due at={tache.due_at} />}
          <TaskMore demarcheId={demarcheId} tache={tache} />
        </div>
      )}
    </Dialog>
  )
}

/** The fields of a task, on the page of their form (TCH-05). */
function TaskForm({ demarcheId, tache }: { demarcheId: string; tache: TacheView }) {
  return tache.formulaire && <Button component={Link} to={`/demarches/${demarcheId}/formulaire/${tache.formulaire}`} variant="light">Remplir le formulaire</Button>
}

/** A task suggested by the client (TCH-08): the firm qualifies it. Closed, it keeps what was typed; sent, `onDone` shows it among the tasks. */
export function AddTask({ demarcheId, ouvert, onClose, onDone }: { demarcheId: string; ouvert: boolean; onClose: () => void; onDone: () => void }) {
  const command = useCommand(demarcheId)
  const [titre, setTitre] = useState('')
  const [description, setDescription] = useState('')
  return (
    <Dialog opened={ouvert} onClose={onClose} title="Ajouter une tâche">
      <form
        className={classes.modal}
        onSubmit={(event) => {
          event.preventDefault()
          command.mutate(
            { chemin: '/taches', body: { titre: titre.trim(), description: description.trim() || undefined } },
            {
              onSuccess: () => {
                setTitre('')
                setDescription('')
                onClose()
                onDone()
              },
            },
          )
        }}
      >
        <p className={classes.muted}>Votre équipe la reçoit, la qualifie et vous répond.</p>
        <TextInput label="Que faut-il faire ?" required maxLength={200} value={titre} onChange={(event) => setTitre(event.currentTarget.value)} data-autofocus />
        <Textarea label="Précisions (facultatif)" maxLength={2000} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        {command.error && <p className={classes.error} role="alert">{messageOf(command.error)}</p>}
        <Button type="submit" loading={command.isPending} disabled={titre.trim() === ''}>Envoyer la suggestion</Button>
      </form>
    </Dialog>
  )
}
