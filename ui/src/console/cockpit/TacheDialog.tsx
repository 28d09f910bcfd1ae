import { Button, Select } from '@mantine/core'
import { IconCheck, IconFileText, IconForms, IconHistory, IconPencil, IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { useMoi } from '@shared/api/session'
import type { DemarcheView, TacheView } from '@shared/api/types'
import { Attachments } from '@shared/components/Attachments'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { TacheBadge } from '@shared/components/TacheBadge'
import { TurnPill } from '@shared/components/TurnPill'
import { NBSP, shortDate } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { stamp } from '../components/time'
import { Checklist } from '../components/Checklist'
import { ReporterDialog } from '../queue/ReporterDialog'
import { Comments } from './Comments'
import type { CockpitDialog } from './dialogs'
import { fieldText, singleAnswers } from '@shared/demarche/reponses'
import { nameOf, RENFORT } from './people'
import { WhyNot } from './WhyNot'
import { TacheEditDialog } from './TacheEditDialog'
import { isLate } from './Taches'
import classes from './TacheDialog.module.css'
import { can, isWorking, underWay } from './droits'

interface Props {
  demarche: DemarcheView
  id: string
  onClose: () => void
  onDialog: (dialog: CockpitDialog) => void
  /** Shows the history of one object: `tache:t1`. */
  onHistorique: (objet: string) => void
}

/** A tâche in a window: status, dates, assignment, checklist, comments (TCH-04). */
export function TacheDialog({ demarche, id, onClose, onDialog, onHistorique }: Props) {
  const tache = demarche.taches.find((each) => each.id === id)
  return (
    <Dialog opened onClose={onClose} title={tache?.titre ?? 'Tâche'} size={680}>
      {tache ? <Content demarche={demarche} tache={tache} onClose={onClose} onDialog={onDialog} onHistorique={onHistorique} /> : <EmptyState>Cette tâche n’existe plus.</EmptyState>}
    </Dialog>
  )
}

type Asking = 'modifier' | 'reporter' | 'annulation' | 'reouverture'

function Content({ demarche, tache, onClose, onDialog, onHistorique }: Omit<Props, 'id'> & { tache: TacheView }) {
  const now = useNow()
  const moi = useMoi()
  const { run, send, refresh } = useCommands(demarche.id)
  const [asking, setAsking] = useState<Asking | null>(null)
  const open = tache.statut !== 'termine' && tache.statut !== 'annulee'
  const suggested = tache.statut === 'suggere_client'
  const working = isWorking(demarche)
  const doing = underWay(demarche) && can(demarche, 'tache.terminer')
  const more = demarche.equipe.filter(({ role }) => role === RENFORT)
  const given = more.find(({ user_id }) => user_id !== null && user_id === tache.user_id)?.user_id
  const firmRole = tache.side === 'cabinet' ? tache.pour : demarche.roles.find(({ side }) => side === 'cabinet')?.cle
  const left = tache.checklist.filter((point) => !point.fait).length
  const made = tache.document ? demarche.documents.find((each) => each.cle === tache.document && each.statut === 'disponible' && each.perime === null) : undefined
  const failed = made ? undefined : demarche.documents.find((each) => each.cle === tache.document && each.statut === 'echec')
  const etape = demarche.etapes.find((each) => each.cle === tache.etape)
  const form = tache.formulaire ? etape?.formulaires.find(({ nom }) => nom === tache.formulaire) : undefined
  const answers = form?.fait ? demarche.donnees.find(({ formulaire }) => formulaire === form.nom) : undefined
  const chemin = `/taches/${tache.id}`
  return (
    <div className={classes.content}>
      <div className={classes.badges}>
        <TacheBadge tache={tache} retard={isLate(tache, demarche)} />
        {tache.priorite === 'urgente' && <StatusBadge objet="tache" cle="en_retard" perso={{ libelle: 'Urgent' }} />}
        {open && <TurnPill tour={tache.side} nom={tache.user_id === moi.id ? 'Vous' : tache.pour_nom} />}
        {open && working && !suggested && <Button variant="subtle" size="compact-xs" leftSection={<IconPencil size={14} stroke={STROKE} />} onClick={() => setAsking('modifier')}>Modifier…</Button>}
        <Button variant="subtle" size="compact-xs" leftSection={<IconHistory size={14} stroke={STROKE} />} onClick={() => onHistorique(`tache:${tache.id}`)}>Historique</Button>
      </div>
      {tache.description && <p className={classes.text}>{tache.description}</p>}
      {tache.motif && <p className={classes.text}>Motif : {tache.motif}</p>}
      <dl className={classes.facts}>
        {etape && <div><dt>Étape</dt><dd>{etape.rang}. {etape.titre}</dd></div>}
        {tache.start_at && <div><dt>Début</dt><dd>{stamp(tache.start_at, now)}</dd></div>}
        <div><dt>Échéance</dt><dd>{tache.due_at ? stamp(tache.due_at, now) : 'Aucune'}{open && working && <Button variant="subtle" size="compact-xs" onClick={() => setAsking('reporter')}>Changer…</Button>}</dd></div>
        <div><dt>Créée</dt><dd>{shortDate(tache.created_at)}</dd></div>
        {tache.completed_at && <div><dt>Terminée</dt><dd>{stamp(tache.completed_at, now)}{tache.completed_by && `, par ${tache.completed_by}`}</dd></div>}
        <div><dt>Visible du client</dt><dd>{tache.visible_client ? 'Oui' : 'Non'}</dd></div>
        <div><dt>Facturable</dt><dd>{tache.facturable ? 'Oui' : 'Non'}</dd></div>
        <div><dt>Bloque l’étape</dt><dd>{tache.obligatoire ? 'Oui' : 'Non'}</dd></div>
        {open && working && (
          <div className={classes.full}>
            <dt>Confiée à</dt>
            <dd>
              <Select
                aria-label="Confier la tâche à"
                size="xs"
                allowDeselect={false}
                value={given ?? tache.pour}
                data={[
                  ...demarche.roles.map(({ cle, libelle }) => ({ value: cle, label: nameOf(demarche, cle, libelle) })),
                  ...more.map(({ user_id, nom, libelle }) => ({ value: user_id ?? '', label: `${nom} (${libelle.toLowerCase()})` })),
                ]}
                onChange={(to) => to && to !== (given ?? tache.pour) && void run({ chemin: `${chemin}/affectation`, body: more.some(({ user_id }) => user_id === to) ? { pour: firmRole, user_id: to } : { pour: to } }, { dit: 'Tâche confiée' })}
              />
            </dd>
          </div>
        )}
      </dl>
      {tache.document && (
        <div className={classes.document}>
          <IconFileText size={17} stroke={STROKE} aria-hidden />
          <span>{made ? `« ${tache.document_titre} » est produit.` : `Cette tâche attend le document « ${tache.document_titre} ».`}</span>
          {!made && working && <Button variant="default" size="xs" onClick={() => void run({ chemin: '/documents', body: { document: tache.document } }, { dit: 'Le document se prépare' })}>Produire</Button>}
        </div>
      )}
      {failed && <WhyNot document={failed} demarcheId={demarche.id} />}
      {form && (
        <div className={classes.document}>
          <IconForms size={17} stroke={STROKE} aria-hidden />
          <span>{form.fait ? `«${NBSP}${form.titre}${NBSP}» est rempli.` : `Cette tâche attend «${NBSP}${form.titre}${NBSP}».`}</span>
          {open && underWay(demarche) && can(demarche, 'formulaire.remplir') && (
            <Button variant="default" size="xs" onClick={() => { onClose(); onDialog({ type: 'formulaire', nom: form.nom, etape: etape?.cle ?? '' }) }}>{form.fait ? 'Modifier' : 'Remplir'}</Button>
          )}
        </div>
      )}
      {answers && (
        <dl className={classes.facts}>
          {singleAnswers(answers.champs).map((field) => <div key={field.champ}><dt>{field.libelle}</dt><dd>{fieldText(field)}</dd></div>)}
        </dl>
      )}
      {tache.checklist.length > 0 && <div className={classes.checklist}><Checklist demarcheId={demarche.id} tache={tache} off={!open || !doing} /></div>}
      <Attachments fichiers={tache.fichiers} chemin={open && doing ? `/api/demarches/${demarche.id}${chemin}/fichiers` : undefined} onDone={() => void refresh()} />
      <Comments demarche={demarche} objet={`tache:${tache.id}`} />
      {(working || doing) && (
        <div className={classes.actions}>
          {open && working && <Button variant="subtle" color="gray" onClick={() => setAsking('annulation')}>{suggested ? 'Écarter…' : 'Annuler…'}</Button>}
          {open && working && !suggested && <Button variant="subtle" onClick={() => { onClose(); onDialog({ type: 'action' }) }}>Action Client…</Button>}
          <span className={classes.grow} />
          {suggested ? working && (
            <>
              <Button variant="default" onClick={() => void run({ chemin: `${chemin}/prise-en-compte`, body: { priorite: 'urgente' } }, { dit: 'Suggestion prise en compte, en urgence' })}>En urgence</Button>
              <Button onClick={() => void run({ chemin: `${chemin}/prise-en-compte`, body: { priorite: 'normale' } }, { dit: 'Suggestion prise en compte' })}>Prendre en compte</Button>
            </>
          ) : open ? doing && (
            <>
              {tache.statut === 'a_faire' && <Button variant="default" leftSection={<IconPlayerPlay size={16} stroke={STROKE} />} onClick={() => void run({ chemin: `${chemin}/debut` })}>Commencer</Button>}
              <Button
                leftSection={<IconCheck size={16} stroke={STROKE} />}
                disabled={left > 0 || (tache.document !== null && !made) || form?.fait === false}
                title={left > 0 ? `Il reste ${left} à cocher` : undefined}
                onClick={() => void run({ chemin: `${chemin}/fin`, body: { visit: tache.visit } }, { dit: 'Tâche terminée' }).then((done) => done && onClose())}
              >
                Terminer la tâche
              </Button>
            </>
          ) : working && tache.statut === 'termine' ? (
            <Button variant="default" onClick={() => setAsking('reouverture')}>Rouvrir…</Button>
          ) : null}
        </div>
      )}
      {asking === 'modifier' && <TacheEditDialog demarcheId={demarche.id} tache={tache} onClose={() => setAsking(null)} />}
      {asking === 'reporter' && <ReporterDialog item={{ demarche_id: demarche.id, item_id: tache.id, label: tache.titre, due_at: tache.due_at }} onClose={() => setAsking(null)} />}
      <ConfirmDialog
        ouvert={asking === 'annulation'}
        onClose={() => setAsking(null)}
        titre={suggested ? 'Écarter la suggestion' : 'Annuler la tâche'}
        action={suggested ? 'Écarter' : 'Annuler la tâche'}
        danger
        motif={{ libelle: suggested ? 'Motif, lu par le client' : 'Motif' }}
        onConfirm={(motif) => send({ chemin: `${chemin}/annulation`, body: { motif } })}
      />
      <ConfirmDialog
        ouvert={asking === 'reouverture'}
        onClose={() => setAsking(null)}
        titre="Rouvrir la tâche"
        action="Rouvrir"
        motif={{ libelle: 'Motif' }}
        onConfirm={(motif) => send({ chemin: `${chemin}/reouverture`, body: { motif } })}
      />
    </div>
  )
}
