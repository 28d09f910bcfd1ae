import { Button } from '@mantine/core'
import type { DemarcheView, DocumentView, LectureView, OngletView } from '@shared/api/types'
import { CollectionBlock } from '@shared/collections/CollectionBlock'
import { Lecture } from '@shared/collections/Lecture'
import { valueText } from '@shared/collections/values'
import { Card, Section } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { NBSP } from '@shared/format'
import { toastFailure } from '../components/toasts'
import { BarreCompte } from './BarreCompte'
import classes from './Contextuel.module.css'
import { Fiche } from './Fiche'
import type { CockpitDialog } from './dialogs'
import { can, underWay } from './droits'
import { Pipeline } from './Pipeline'
import { niveauActuel, PlanRelance } from './PlanRelance'

const SITUATION = 'situation_de_compte'

interface Props {
  demarche: DemarcheView
  onglet: OngletView
  onDialog: (dialog: CockpitDialog) => void
}

/** A tab declared by the modèle: its calculations, its readings, its collections, answers to its forms, its documents (DOS-11). */
export function Contextuel({ demarche, onglet, onDialog }: Props) {
  // In the order of the tab: what is opened, then what is paid for it.
  const collections = onglet.collections.flatMap((wanted) => demarche.collections.filter(({ cle }) => cle === wanted))
  const donnees = demarche.donnees.filter(({ formulaire }) => onglet.formulaires.includes(formulaire))
  const documents = demarche.documents.filter(({ cle }) => onglet.documents.includes(cle))
  const lectures = demarche.lectures.filter(({ cle }) => onglet.lectures.includes(cle))
  if (onglet.calculs.length + lectures.length + collections.length + donnees.length + documents.length === 0) {
    return <Attendu demarche={demarche} onglet={onglet} onDialog={onDialog} />
  }
  const compte = lectures.some(({ fonction }) => fonction === SITUATION)
  return (
    <div className={classes.page}>
      {compte && <BarreCompte demarche={demarche} onDialog={onDialog} />}
      {onglet.calculs.length > 0 && (
        <Card>
          <dl className={classes.figures}>
            {onglet.calculs.map(({ cle, libelle, valeur, format, unite }) => <div key={cle}><dt>{libelle}</dt><dd>{valeur === null || valeur === undefined ? 'Pas encore connu' : valueText(format, valeur, null, unite)}</dd></div>)}
          </dl>
        </Card>
      )}
      {lectures.map((lecture) => (
        <Lecture key={lecture.cle} demarcheId={demarche.id} lecture={lecture.fonction === SITUATION ? withLevel(lecture, demarche) : lecture} collections={demarche.collections} onError={toastFailure} />
      ))}
      {compte && <PlanRelance demarche={demarche} />}
      {collections.filter(({ suivi, lignes }) => suivi.length > 0 && lignes.length > 0).map((collection) => (
        <Pipeline key={collection.cle} collection={collection} />
      ))}
      {collections.map((collection) => (
        <CollectionBlock key={collection.cle} demarcheId={demarche.id} collection={collection} onError={toastFailure} />
      ))}
      <Fiche demarche={{ ...demarche, donnees }} onDialog={onDialog} />
      {documents.length > 0 && (
        <Section titre="Documents">
          <Card nue><ul>{documents.map((document) => <Line key={document.id} document={document} />)}</ul></Card>
        </Section>
      )}
    </div>
  )
}

/** What an empty tab waits for: its forms and who fills each, with the way to those that the firm fills now. */
function Attendu({ demarche, onglet, onDialog }: Props) {
  const firm = new Set(demarche.equipe.filter(({ side }) => side === 'cabinet').map(({ role }) => role))
  const wanted = underWay(demarche)
    ? demarche.etapes.filter(({ statut }) => statut !== 'sans_objet').flatMap((etape) => etape.formulaires.filter(({ nom, fait }) => onglet.formulaires.includes(nom) && !fait).map((form) => ({ etape, form })))
    : []
  if (wanted.length === 0) return <Card><EmptyState>Rien ici pour l’instant.</EmptyState></Card>
  return (
    <Card nue>
      <p className={classes.attendu}>Cet onglet se remplit avec{NBSP}:</p>
      <ul>
        {wanted.map(({ etape, form }) => (
          <li key={`${etape.cle}/${form.nom}`} className={classes.row}>
            <span>
              {form.titre}
              <span className={classes.doux}>{etape.statut === 'en_cours' ? ` · attend ${form.pour_nom}` : ` · à l’étape « ${etape.titre} »`}</span>
            </span>
            {etape.statut === 'en_cours' && firm.has(form.pour) && can(demarche, 'formulaire.remplir') && (
              <Button variant="default" size="xs" onClick={() => onDialog({ type: 'formulaire', nom: form.nom, etape: etape.cle })}>Remplir…</Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** « État du Recouvrement » also says how far the reminders have gone (REC-06). */
function withLevel(lecture: LectureView, demarche: DemarcheView): LectureView {
  if (demarche.plan_relance.length === 0) return lecture
  const niveau = { cle: 'niveau', libelle: 'Niveau de relance actuel', valeur: niveauActuel(demarche) ?? 'Aucun', format: 'texte' as const }
  return { ...lecture, chiffres: [...lecture.chiffres, niveau] }
}

function Line({ document }: { document: DocumentView }) {
  return (
    <li className={classes.row}>
      {document.file ? <a href={`/api/fichiers/${document.file.id}?telecharger=1`}>{document.titre}</a> : <span>{document.titre}</span>}
      <StatusBadge objet="document" cle={document.statut} court />
    </li>
  )
}
