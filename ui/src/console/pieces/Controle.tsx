import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconCheck, IconMailOpened, IconX } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { demarcheQuery } from '@shared/api/queries'
import { Avatar } from '@shared/components/Avatar'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { KeyCap } from '@shared/components/KeyCap'
import { StatusBadge } from '@shared/components/StatusBadge'
import { ago, count, de, hour, shortDate } from '@shared/format'
import { useShortcuts } from '@shared/hooks/useShortcuts'
import { STROKE } from '@shared/icons'
import { statusOf } from '@shared/statuses'
import { can } from '../cockpit/droits'
import { toCheck } from '../cockpit/pieces'
import { fieldText, singleAnswers } from '@shared/demarche/reponses'
import { Comments } from '../cockpit/Comments'
import { useWorkspace } from '../components/Workspace'
import classes from './Controle.module.css'
import { Antivirus } from './Antivirus'
import { type Decisions, type Entry, UNDO_S } from './useDecisions'

const REASONS = ['Document illisible', 'Mauvais document', 'Document expiré', 'Page manquante', 'Pas au bon nom']

interface Props {
  entry: Entry
  decisions: Decisions
  onDecided: () => void
  /** Version on screen. */
  version: number | null
  onVersion: (numero: number) => void
}

/** Right panel: what to check, the decision, versions, comments. */
export function Controle({ entry, decisions, onDecided, version, onVersion }: Props) {
  const { piece, groupe } = entry
  const { openHelp } = useWorkspace()
  const { data: demarche } = useQuery(demarcheQuery(groupe.demarche_id))
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set())
  const [refusing, setRefusing] = useState(false)
  const panel = useRef<HTMLElement>(null)
  const last = piece.versions.at(-1)
  const given = decisions.decided(entry)
  const statut = given ?? piece.statut
  const mayCheck = demarche === undefined || can(demarche, 'piece.valider')
  const open = toCheck(piece) && given === undefined && mayCheck
  const unticked = piece.controles.length - ticked.size

  const tick = (index: number): void =>
    setTicked((before) => {
      const next = new Set(before)
      if (!next.delete(index)) next.add(index)
      return next
    })
  const validate = (): void => {
    if (!open) return
    decisions.decide(entry, { chemin: '/validation', body: { version: last?.numero, label: 'valide' }, statut: 'valide', dit: `« ${piece.titre} » validée` })
    onDecided()
  }
  const acknowledge = (): void => {
    if (!open || piece.statut !== 'attente_validation') return
    decisions.decide(entry, { chemin: '/accuse', body: {}, statut: 'recu', dit: `« ${piece.titre} » : bien reçu` })
    onDecided()
  }
  const refuse = (motif: string): void => {
    decisions.decide(entry, { chemin: '/refus', body: { motif, version: last?.numero }, statut: 'refuse', dit: `« ${piece.titre} » refusée` })
    onDecided()
  }

  useShortcuts({
    v: validate,
    b: acknowledge,
    r: () => open && setRefusing(true),
    c: () => panel.current?.querySelector('textarea')?.focus(),
    ...Object.fromEntries(piece.controles.slice(0, 9).map((_, index) => [String(index + 1), () => tick(index)])),
  })

  return (
    <aside className={classes.panel} ref={panel} aria-label="Décision">
      <div className={classes.scroll}>
        <div className={classes.head}>
          <StatusBadge objet="piece" cle={statut} />
          <h2>{piece.titre}</h2>
          {last ? <p><Avatar nom={last.par} taille={20} />Déposé par {last.par}, {ago(last.at)}</p> : <p>Attendue {de(piece.de_nom)}</p>}
          {last && <Antivirus demarche={groupe.demarche_id} fichiers={last.files.map((file) => file.id)} />}
          {piece.description && <p>{piece.description}</p>}
        </div>
        {piece.controles.length > 0 && open && (
          <section>
            <div className={classes.sectionHead}><h3>À contrôler</h3><span>{ticked.size} sur {piece.controles.length}</span></div>
            <ul className={classes.checks}>
              {piece.controles.map((control, index) => (
                <li key={control}>
                  <Checkbox label={control} checked={ticked.has(index)} onChange={() => tick(index)} />
                  {index < 9 && <KeyCap>{String(index + 1)}</KeyCap>}
                </li>
              ))}
            </ul>
          </section>
        )}
        {open && (
          <section className={classes.decision}>
            <Button size="lg" fullWidth justify="space-between" rightSection={<KeyCap clair>V</KeyCap>} aria-keyshortcuts="V" onClick={validate}>
              <span className={classes.verb}><IconCheck size={18} stroke={STROKE} aria-hidden />Valider</span>
            </Button>
            {piece.statut === 'attente_validation' && (
              <Button size="lg" fullWidth variant="default" justify="space-between" rightSection={<KeyCap>B</KeyCap>} aria-keyshortcuts="B" onClick={acknowledge}>
                <span className={classes.verb}><IconMailOpened size={18} stroke={STROKE} aria-hidden />Bien reçu</span>
              </Button>
            )}
            <Button size="lg" fullWidth variant="default" className={classes.refuse} justify="space-between" rightSection={<KeyCap>R</KeyCap>} aria-keyshortcuts="R" onClick={() => setRefusing(true)}>
              <span className={classes.verb}><IconX size={18} stroke={STROKE} aria-hidden />Refuser…</span>
            </Button>
            <p>
              {unticked > 0 && ticked.size > 0 && `${count(unticked, 'contrôle')} encore à cocher. `}
              Un refus demande un motif : {piece.de_nom} le lit dans son espace et redépose la pièce. Chaque décision peut être annulée pendant {UNDO_S} secondes.
            </p>
          </section>
        )}
        {!mayCheck && <section><p className={classes.reason}>Contrôler cette pièce ne fait pas partie de vos droits.</p></section>}
        {!open && piece.motif && <section><h3>Motif</h3><p className={classes.reason}>{piece.motif}</p></section>}
        {demarche && demarche.donnees.length > 0 && open && (
          <details className={classes.sheet}>
            <summary>Informations déclarées</summary>
            {demarche.donnees.map(({ formulaire, titre, champs }) => (
              <dl key={formulaire} aria-label={titre}>
                {singleAnswers(champs).map((field) => <div key={field.champ}><dt>{field.libelle}</dt><dd>{fieldText(field)}</dd></div>)}
              </dl>
            ))}
          </details>
        )}
        {piece.versions.length > 0 && (
          <section>
            <h3>Versions</h3>
            <ul className={classes.versions}>
              {piece.versions.toReversed().map((each) => (
                <li key={each.numero}>
                  <button type="button" aria-pressed={version === each.numero} onClick={() => onVersion(each.numero)}>
                    <strong>v{each.numero}</strong>
                    <span data-refus={each.statut === 'refuse' || undefined}>{each.statut === 'refuse' ? `Refusée${each.motif ? ` : ${each.motif}` : ''}` : each.statut === 'attente_validation' ? 'En cours de contrôle' : statusOf('piece', each.statut).libelle}</span>
                    <time dateTime={each.at}>{shortDate(each.at).slice(0, 5)}, {hour(each.at)}</time>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {demarche && <div className={classes.comments}><Comments demarche={demarche} objet={`piece:${piece.id}`} /></div>}
      </div>
      <button type="button" className={classes.keys} onClick={openHelp} title="Tous les raccourcis clavier">
        <KeyCap>J</KeyCap><KeyCap>K</KeyCap> pièce suivante <KeyCap>C</KeyCap> commenter <KeyCap>?</KeyCap>
      </button>
      <ConfirmDialog
        ouvert={refusing}
        onClose={() => setRefusing(false)}
        titre={`Refuser « ${piece.titre} »`}
        action="Refuser la pièce"
        danger
        motif={{ libelle: `Motif, lu par ${piece.de_nom}`, propositions: REASONS, placeholder: 'Court et utile : ce qui manque, ce qu’il faut refaire.' }}
        onConfirm={async (motif) => refuse(motif)}
      >
        <p>{piece.de_nom} lit ce motif dans son espace et peut redéposer la pièce.</p>
      </ConfirmDialog>
    </aside>
  )
}
