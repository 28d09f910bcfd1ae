import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconAdjustments, IconArrowBackUp, IconArrowsMoveVertical, IconCalendarCheck, IconCheck, IconDots, IconEyeOff, IconForms, IconListDetails, IconPlayerSkipForward, IconPlugConnected, IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { DemarcheView, EtapeView, EvenementView, WaitView } from '@shared/api/types'
import { StatusBadge } from '@shared/components/StatusBadge'
import { TurnPill } from '@shared/components/TurnPill'
import { capital, count, daysUntil, dayMonth, de, hour, isAhead, nowOf, relativeDay, shortDate } from '@shared/format'
import { Enfants } from '@shared/demarche/Enfants'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { Checklist } from '../components/Checklist'
import type { CockpitDialog } from './dialogs'
import classes from './Etapes.module.css'
import { can, isWorking, underWay } from './droits'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
  onTache: (id: string) => void
  /** Shows where the lines of a collection are kept. */
  onCollection: (cle: string) => void
}

/** Room kept above the étape under way, in pixels: the end of the one before shows that there is more. */
const ABOVE = 56

/** Vertical timeline of étapes, with who is awaited and what can be done on each (DOS-21, UX-08). */
export function Etapes({ demarche, onDialog, onTache, onCollection }: Props) {
  const section = useRef<HTMLElement>(null)
  // What is under way is what one comes for: a long list opens on it, its end is in sight.
  useEffect(() => {
    const box = section.current?.parentElement
    const current = section.current?.querySelector<HTMLElement>('[aria-current="step"]')
    if (box && current && current.offsetTop + current.offsetHeight > box.clientHeight) box.scrollTop = current.offsetTop - ABOVE
  }, [])
  return (
    <section aria-label="Étapes" ref={section}>
      <div className={classes.head}>
        <h2>Étapes</h2>
        {demarche.closed_at ? <span>{demarche.cycle === 'terminee' ? 'terminée' : demarche.cycle === 'refusee' ? 'refusée' : 'annulée'} le {shortDate(demarche.closed_at)}</span>
          : demarche.prochaine_echeance ? <span>prochaine échéance {shortDate(demarche.prochaine_echeance)}</span>
          : isAhead(demarche.fin_prevue) ? <span>fin prévue {shortDate(demarche.fin_prevue ?? '')}</span>
          : demarche.due_at && <span>échéance {dayMonth(demarche.due_at)}</span>}
        {underWay(demarche) && can(demarche, 'demarche.piloter') && demarche.places.length > 0 && (
          <ActionIcon size={22} className={classes.add} aria-label="Ajouter une étape à ce dossier" title="Ajouter une étape à ce dossier" onClick={() => onDialog({ type: 'ajouter' })}><IconPlus size={15} stroke={STROKE} /></ActionIcon>
        )}
      </div>
      <ol className={classes.list}>
        {demarche.etapes.map((etape, index) => (
          <Etape
            key={etape.cle}
            etape={etape}
            // The title of a block is written once, above its first étape.
            bloc={etape.parallele && etape.parallele !== demarche.etapes[index - 1]?.parallele ? etape.parallele : null}
            demarche={demarche}
            onDialog={onDialog}
            onTache={onTache}
            onCollection={onCollection}
          />
        ))}
      </ol>
    </section>
  )
}

interface EtapeProps extends Props {
  etape: EtapeView
  bloc: string | null
}

/** Declares an étape done; a refusal is told by a notice. */
function useValidation(demarche: DemarcheView, etape: EtapeView): () => void {
  const { run } = useCommands(demarche.id)
  return () => void run({ chemin: `/etapes/${etape.cle}/validation`, body: { visit: etape.visit } }, { dit: `Étape validée : ${etape.titre}` })
}

function Etape({ etape, bloc, demarche, onDialog, onTache, onCollection }: EtapeProps) {
  const validate = useValidation(demarche, etape)
  const current = etape.statut === 'en_cours'
  const late = current && etape.due_at !== null && Date.parse(etape.due_at) < new Date(nowOf(demarche)).getTime()
  const waits = current ? demarche.attentes.filter((wait) => wait.etape === etape.cle) : []
  const tasks = demarche.taches.filter(
    (tache) => current && tache.etape === etape.cle && tache.side === 'cabinet' && ['a_faire', 'en_cours'].includes(tache.statut),
  )
  // One that the étape waits for, before those that it can do without.
  const task = tasks.find(({ obligatoire }) => obligatoire) ?? tasks.find(({ checklist }) => checklist.length > 0)
  const lists = waits.filter((wait) => wait.kind === 'collection' && wait.a_moi)
  // Nothing else is left to do in it: the one gesture that takes the démarche on is at hand.
  const ready = waits.some((wait) => wait.kind === 'etape' && wait.a_moi) && can(demarche, 'demarche.commander')
  const forms = etape.formulaires.filter((each) => current && !each.fait && each.a_moi)
  // The one that the étape waits for, before those that it can do without.
  const form = forms.find(({ nom }) => waits.some((wait) => wait.kind === 'formulaire' && wait.id === nom)) ?? forms[0]
  const working = isWorking(demarche)
  return (
    <>
      {bloc && <li className={classes.block}>{bloc}, en parallèle</li>}
      <li className={classes.item} data-etat={etape.statut} data-tour={current ? etape.turn : undefined} data-bloc={etape.parallele ? true : undefined} aria-current={current ? 'step' : undefined}>
        <span className={classes.dot} aria-hidden="true">
          {etape.statut === 'valide' ? <IconCheck size={14} stroke={2.6} /> : etape.statut === 'passee' ? <IconPlayerSkipForward size={12} stroke={2} /> : etape.rang}
        </span>
        <div className={classes.body}>
          <div className={classes.title}>
            <h3>
              {etape.titre}
              {etape.reglage?.ajoutee && <span className={classes.added}>ajoutée</span>}
              {etape.reglage?.visible === false && <IconEyeOff size={14} stroke={STROKE} className={classes.hidden} role="img" aria-label="cachée au client" />}
            </h3>
            <StatusBadge objet="etape" cle={late ? 'en_retard' : etape.statut} />
            <EtapeMenu etape={etape} demarche={demarche} onDialog={onDialog} />
          </div>
          <p className={classes.detail} data-retard={late || undefined}>{detailOf(etape, demarche)}</p>
          {waits.length > 0 && <Waits waits={waits} />}
          <Enfants enfants={etape.enfants} />
          {task && (
            <div className={classes.task}>
              <button type="button" className={classes.taskTitle} onClick={() => onTache(task.id)}>{task.titre}</button>
              {task.checklist.length > 0 && <Checklist demarcheId={demarche.id} tache={task} />}
            </div>
          )}
          {current && <Evenements demarche={demarche} etape={etape.cle} working={working} onDialog={onDialog} />}
          {lists.map((wait) => (
            <Button key={wait.id} className={classes.act} variant="default" size="xs" leftSection={<IconListDetails size={15} stroke={STROKE} />} onClick={() => onCollection(wait.id)}>
              Compléter : {wait.label}
            </Button>
          ))}
          {form && underWay(demarche) && can(demarche, 'formulaire.remplir') && (
            <Button className={classes.act} variant="default" size="xs" leftSection={<IconForms size={15} stroke={STROKE} />} onClick={() => onDialog({ type: 'formulaire', nom: form.nom, etape: etape.cle })}>
              Remplir : {form.titre}
            </Button>
          )}
          {ready && underWay(demarche) && (
            <Button size="xs" leftSection={<IconCheck size={15} stroke={STROKE} />} onClick={validate}>
              Valider l’étape <span className="el-hors-vue">: {etape.titre}</span>
            </Button>
          )}
        </div>
      </li>
    </>
  )
}

const passed: Partial<Record<EvenementView['statut'], string>> = { recu: 'reçu', echu: 'non venu à temps', annule: 'annulé' }

/** Outside events of the étape: awaited from whom and until when, and recorded here when they come. */
function Evenements({ demarche, etape, working, onDialog }: { demarche: DemarcheView; etape: string; working: boolean; onDialog: (dialog: CockpitDialog) => void }) {
  // An étape under way awaits nothing of an event still to come: its condition does not hold.
  const events = demarche.evenements.filter((evenement) => evenement.etape === etape && evenement.statut !== 'a_venir')
  if (events.length === 0) return null
  return (
    <ul className={classes.events}>
      {events.map((evenement) => (
        <li key={evenement.cle}>
          <span className={classes.event}>
            {evenement.titre}
            <small>
              {passed[evenement.statut]
                ? `${capital(passed[evenement.statut] ?? '')}${evenement.survenu_le ? ` le ${shortDate(evenement.survenu_le)}` : ''}`
                : evenement.appel === 'en_cours'
                  ? `Question posée à ${evenement.de_nom}, réponse attendue`
                  : `Attendu ${de(evenement.de_nom)}${evenement.due_at ? `, avant le ${shortDate(evenement.due_at)}` : ''}`}
            </small>
          </span>
          {working && evenement.appel === 'possible' && <Interroger demarche={demarche} evenement={evenement} />}
          {working && evenement.enregistrable && (
            <Button variant="default" size="xs" leftSection={<IconCalendarCheck size={15} stroke={STROKE} />} aria-label={`Constater : ${evenement.titre}`} onClick={() => onDialog({ type: 'evenement', evenement })}>Constater…</Button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** Asks the service that an event comes from, for the first time or again. */
function Interroger({ demarche, evenement }: { demarche: DemarcheView; evenement: EvenementView }) {
  const { run } = useCommands(demarche.id)
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlugConnected size={15} stroke={STROKE} />}
      aria-label={`Interroger : ${evenement.titre}`}
      onClick={() => void run({ chemin: `/evenements/${evenement.cle}/appel` }, { dit: 'Question posée' })}
    >
      Interroger
    </Button>
  )
}

/** Who is awaited: one pill a person, with how many things; the firm's pièces to check said as such. */
function Waits({ waits }: { waits: WaitView[] }) {
  const checks = waits.filter((wait) => wait.kind === 'validation')
  const people = new Map<string, WaitView[]>()
  for (const wait of waits) {
    if (wait.kind !== 'validation') people.set(wait.nom, [...(people.get(wait.nom) ?? []), wait])
  }
  return (
    <p className={classes.pills}>
      {[...people].map(([nom, mine]) => mine[0] && <TurnPill key={nom} tour={mine[0].side} nom={mine[0].a_moi ? 'Vous' : nom} />)}
      {checks.length > 0 && <TurnPill tour="cabinet" nom={`${checks.length} à valider`} />}
    </p>
  )
}

function detailOf(etape: EtapeView, demarche: DemarcheView): string {
  if (etape.statut === 'valide') return [etape.completed_at && shortDate(etape.completed_at), etape.completed_by].filter(Boolean).join(' · ')
  if (etape.statut === 'passee') return `Passée${etape.completed_at ? ` le ${shortDate(etape.completed_at)}` : ''}${etape.motif ? ` : ${etape.motif}` : ''}`
  const pieces = demarche.pieces.filter((piece) => piece.etape === etape.cle && piece.statut !== 'sans_objet')
  const parts: string[] = []
  if (etape.statut === 'en_cours' && pieces.length > 0) {
    const fine = pieces.filter((piece) => piece.statut === 'valide' || piece.statut === 'pris_en_compte').length
    parts.push(`${count(fine, 'pièce validée', 'pièces validées')} sur ${pieces.length}`)
  }
  if (etape.due_at) {
    const now = nowOf(demarche)
    const days = daysUntil(etape.due_at, now)
    parts.push(days >= -1 && days <= 1 ? `échéance ${relativeDay(etape.due_at, now)}, ${hour(etape.due_at)}` : `${days < 0 ? 'attendue' : 'avant'} le ${shortDate(etape.due_at)}`)
  }
  if ((etape.statut === 'a_faire' || etape.statut === 'en_cours') && etape.responsable) parts.push(etape.responsable)
  if (parts.length === 0) return etape.statut === 'en_cours' ? 'Sans échéance' : etape.facultative ? 'Facultative' : ''
  const text = parts.join(' · ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function EtapeMenu({ etape, demarche, onDialog }: { etape: EtapeView; demarche: DemarcheView; onDialog: (dialog: CockpitDialog) => void }) {
  const validate = useValidation(demarche, etape)
  const { run } = useCommands(demarche.id)
  const steering = can(demarche, 'demarche.piloter')
  const over = etape.statut === 'valide' || etape.statut === 'passee'
  const icon = { size: 16, stroke: STROKE }
  const doing = etape.statut === 'en_cours' && can(demarche, 'demarche.commander')
  const filling = etape.statut === 'en_cours' && can(demarche, 'formulaire.remplir') && etape.formulaires.some((form) => !form.fait)
  if (!underWay(demarche) || !(doing || filling || steering)) return null
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon size={22} className={classes.menu} aria-label={`Actions sur l’étape ${etape.titre}`}><IconDots size={15} stroke={STROKE} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {doing && (
          <Menu.Item leftSection={<IconCheck {...icon} />} onClick={validate}>
            Valider l’étape
          </Menu.Item>
        )}
        {filling && etape.formulaires.filter((form) => !form.fait).map((form) => (
          <Menu.Item key={form.nom} leftSection={<IconForms {...icon} />} onClick={() => onDialog({ type: 'formulaire', nom: form.nom, etape: etape.cle })}>
            Remplir « {form.titre} »{form.a_moi ? '' : ` pour ${form.pour_nom}`}
          </Menu.Item>
        ))}
        {steering && etape.reglage && <Menu.Item leftSection={<IconAdjustments {...icon} />} onClick={() => onDialog({ type: 'regler', etape: etape.cle })}>Régler cette étape…</Menu.Item>}
        {steering && etape.reglage?.deplacable && <Menu.Item leftSection={<IconArrowsMoveVertical {...icon} />} onClick={() => onDialog({ type: 'deplacer', etape: etape.cle })}>Déplacer cette étape…</Menu.Item>}
        {steering && etape.reglage?.ajoutee && etape.reglage.deplacable && <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => void run({ methode: 'DELETE', chemin: `/etapes/${etape.cle}` }, { dit: 'Étape retirée de ce dossier' })}>Retirer cette étape</Menu.Item>}
        {steering && !over && <Menu.Item leftSection={<IconPlayerSkipForward {...icon} />} onClick={() => onDialog({ type: 'passer', etape: etape.cle })}>Passer cette étape…</Menu.Item>}
        {steering && over && <Menu.Item leftSection={<IconArrowBackUp {...icon} />} onClick={() => onDialog({ type: 'revenir', etape: etape.cle })}>Revenir à cette étape…</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}
