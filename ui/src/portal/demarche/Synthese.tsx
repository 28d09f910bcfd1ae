import { IconDownload, IconFileText } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { messageOf } from '@shared/api/http'
import type { CollectionView, DemarcheView } from '@shared/api/types'
import { hasCollections } from '@shared/collections/has'
import { Card, Section } from '@shared/components/Card'
import { EtapeTimeline } from '@shared/components/EtapeTimeline'
import { SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { Enfants } from '@shared/demarche/Enfants'
import { nextDate, timelineOf } from '@shared/demarche/etapes'
import { financesOf } from '@shared/demarche/finances'
import { isAhead, longDate, money, nowOf } from '@shared/format'
import { STROKE } from '@shared/icons'
import { part } from '@shared/router/lazy'
import { QrCode } from '../components/QrCode'
import { ActionRequise } from './ActionRequise'
import classes from './Demarche.module.css'

const AddDocument = part(async () => (await import('./AddDocument')).AddDocument)
const Collections = lazy(() => import('@shared/collections/Collections'))
const Rubriques = lazy(() => import('./Rubriques'))
const Exports = lazy(() => import('@shared/demarche/Exports'))

/** What this démarche keeps: the account of a recovery, the comparison of subscriptions. */
export function Detail({ view }: { view: Pick<DemarcheView, 'id' | 'collections' | 'lectures'> }) {
  const [failure, setFailure] = useState<string | null>(null)
  if (!hasCollections(view)) return null
  return (
    <Suspense fallback={<SkeletonRows lignes={3} hauteur={90} />}>
      {failure && <p className={classes.notice} role="alert">{failure}</p>}
      <Collections demarche={view} onError={(error) => setFailure(messageOf(error))} />
    </Suspense>
  )
}

/** DOS-17: what is asked of you, where we are, then the facts. What only offers to add a line comes after the étapes; the
 * money of a claim has its own page. */
export function Synthese({ view }: { view: DemarcheView }) {
  const apart = financesOf(view)
  const awaited = ({ attendue }: CollectionView): boolean => attendue > 0
  const shown = view.collections.filter((each) => awaited(each) || !apart?.collections.includes(each.cle))
  // As the page opened: a block that moves as its first line comes loses what is being typed in it.
  const [opened] = useState(() => new Map(shown.map((each) => [each.cle, each.lignes.length === 0 && !awaited(each) ? 'apres' : 'avant'])))
  const here = view.collections.filter((each) => opened.has(each.cle) || shown.includes(each))
  const idle = here.filter((each) => opened.get(each.cle) === 'apres')
  const onglets = view.onglets.filter((onglet) => onglet !== apart)
  // Of a demande just sent, where it stands is what one comes to read; its figures come later.
  const demande = view.phase === 'demande'
  const etapes = (
    <Section
      titre={demande ? 'Suivi de votre demande' : 'Les étapes'}
      aside={<Link to="/demarches/$id" params={{ id: view.id }} search={{ onglet: 'historique' }} className={classes.link}>Historique</Link>}
    >
      <EtapeTimeline etapes={timelineOf(view, nowOf(view)).map((item) => ({ ...item, contenu: <Enfants enfants={view.etapes.find(({ cle }) => cle === item.cle)?.enfants ?? []} /> }))} />
    </Section>
  )
  return (
    <>
      <ActionRequise view={view} />
      {view.cycle === 'terminee' && <Livrables view={view} />}
      {demande && etapes}
      {demande && view.cycle === 'ouverte' && <FirstDocuments view={view} />}
      <Detail view={{ ...view, collections: here.filter((each) => !idle.includes(each)) }} />
      {!demande && etapes}
      <Detail view={{ ...view, collections: idle, lectures: [] }} />
      {onglets.length > 0 && <Suspense><Rubriques demarche={{ ...view, onglets }} /></Suspense>}
    </>
  )
}

/** What goes with a request: it is in the dossier as soon as there is one (DEM-04, DEM-12). */
function FirstDocuments({ view }: { view: DemarcheView }) {
  return (
    <Section titre="Vos premiers documents">
      <Card>
        <p className={classes.muted}>Un contrat, une facture, un courrier : joignez ce qui explique votre demande. Tout suivra dans votre dossier.</p>
        {view.pieces.length > 0 && (
          <ul className={classes.joined}>
            {view.pieces.map((piece) => <li key={piece.id}><span>{piece.titre}</span><StatusBadge objet="piece" cle={piece.statut} /></li>)}
          </ul>
        )}
        <div className={classes.joinMore}><Suspense fallback={null}><AddDocument demarcheId={view.id} /></Suspense></div>
      </Card>
    </Section>
  )
}

/** What the démarche leaves: at the top once it is over, since it is what one comes back for. */
function Livrables({ view }: { view: DemarcheView }) {
  if (view.livrables.length === 0) return null
  return (
    <Section titre="Vos documents finaux">
      <Card nue>
        <ul>
          {view.livrables.map((document) => (
            <li key={document.id} className={classes.file}>
              <IconFileText size={22} stroke={STROKE} aria-hidden />
              <span>{document.titre}</span>
              {document.file && (
                <a href={`/api/fichiers/${document.file.id}?telecharger=1`} className={classes.round} aria-label={`Télécharger ${document.titre}`}><IconDownload size={22} stroke={STROKE} aria-hidden /></a>
              )}
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  )
}

/** Facts in the right column (after the content on a phone). */
export function Faits({ view }: { view: DemarcheView }) {
  const next = nextDate(view)
  const facts: [string, string][] = [
    [view.phase === 'demande' ? 'Demande envoyée' : 'Ouverte', longDate(view.opened_at)],
    ...view.dates_cles.filter(({ valeur }) => valeur).map(({ libelle, valeur }): [string, string] => [libelle, longDate(valeur ?? '')]),
    ...(next ? [['Prochaine échéance', longDate(next)] as [string, string]] : []),
    ...(isAhead(view.fin_prevue) ? [['Fin prévue', `vers le ${longDate(view.fin_prevue ?? '')}`] as [string, string]] : []),
    ...(view.closed_at ? [[view.cycle === 'annulee' ? 'Annulée' : view.cycle === 'refusee' ? 'Refusée' : 'Clôturée', longDate(view.closed_at)] as [string, string]] : []),
    // What was not taken on is not charged.
    ...(view.prix !== null && view.cycle !== 'refusee' ? [['Prix de la prestation', `${money(view.prix)} ${view.prix_mention}`] as [string, string]] : []),
    ['Référence', view.reference],
  ]
  return (
    <>
      {view.cycle !== 'terminee' && <Livrables view={view} />}
      <Section titre="En bref">
        <Card>
          {view.description && <p className={classes.muted}>{view.description}</p>}
          <dl className={classes.facts}>
            {facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
          </dl>
          {view.etiquettes.some(({ nombre }) => nombre > 0) && (
            <ul className={classes.tags} aria-label="Documents du dossier">
              {view.etiquettes.filter(({ nombre }) => nombre > 0).map(({ cle, libelle, nombre }) => <li key={cle}>{libelle} ({nombre})</li>)}
            </ul>
          )}
        </Card>
      </Section>
      <Copies demarcheId={view.id} />
      <QrCode key={view.id} adresse={`/api/demarches/${view.id}/qr`} texte="Cette démarche sur un autre appareil : scannez ce code, puis connectez-vous." />
    </>
  )
}

/** PDF-01: a copy to keep or to print; its code comes when it is asked for. */
function Copies({ demarcheId }: { demarcheId: string }) {
  const [shown, setShown] = useState(false)
  return (
    <Section titre="Garder une copie">
      <Card>
        {shown
          ? <Suspense fallback={<SkeletonRows lignes={5} hauteur={44} />}><Exports demarcheId={demarcheId} /></Suspense>
          : <button type="button" className={classes.export} onClick={() => setShown(true)}><IconFileText size={22} stroke={STROKE} aria-hidden />Exporter en PDF</button>}
      </Card>
    </Section>
  )
}
