import { ActionIcon, Button, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconArrowDown, IconArrowUp, IconBan, IconDots, IconEye, IconFileCheck, IconFileDescription, IconFileText, IconHistory, IconPencil, IconPlus, IconRefresh, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import type { DemarcheView, DocumentView, FileRef, PieceDejaDonnee, PieceView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { Deposit } from '@shared/components/Deposit'
import { Dialog } from '@shared/components/Dialog'
import { EmptyState } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { useGiven } from '@shared/demarche/dejaDonnees'
import { count, de, NBSP, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { PreviewDialog } from '@shared/viewer/PreviewDialog'
import { useQueryClient } from '@tanstack/react-query'
import { useNow } from '@shared/hooks/useNow'
import { useCommands } from '../api/commands'
import { stamp } from '../components/time'
import { Chips } from '../components/Chips'
import classes from './Documents.module.css'
import type { CockpitDialog } from './dialogs'
import { SignatureEnLigne } from './SignatureEnLigne'
import { settled, toCheck } from './pieces'
import { can, isWorking, underWay } from './droits'
import { WhyNot } from './WhyNot'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
  /** Shows the history of one object: `piece:rib`. */
  onHistorique: (objet: string) => void
}

const OTHER = 'Autres pièces'

/** « Documents (GED) »: deliverables, pièces by category, documents produced (DOS-22, DOS-23, GED-11). */
export function Documents({ demarche, onDialog, onHistorique }: Props) {
  const [preview, setPreview] = useState<FileRef | null>(null)
  const [deposit, setDeposit] = useState<PieceView | null>(null)
  const [category, setCategory] = useState('toutes')
  const client = useQueryClient()
  const working = isWorking(demarche)
  const given = useGiven(demarche.id, underWay(demarche) && demarche.pieces.some(({ statut }) => statut === 'manquant'))
  const checking = underWay(demarche) && can(demarche, 'piece.valider')

  const groups = new Map<string, PieceView[]>()
  for (const piece of demarche.pieces) {
    const name = piece.categorie ?? OTHER
    groups.set(name, [...(groups.get(name) ?? []), piece])
  }
  const tags = demarche.etiquettes.filter(({ nombre }) => nombre > 0)
  const waiting = demarche.compteurs.pieces_a_valider
  return (
    <>
      {(demarche.livrables.length > 0 || tags.length > 0) && (
        <Card>
          <div className={classes.head}>
            <h2>Documents finaux</h2>
            <div className={classes.tags}>
              {tags.map(({ cle, libelle, nombre }) => <span key={cle} className={classes.tag}>{libelle} <strong>{nombre}</strong></span>)}
            </div>
          </div>
          {demarche.livrables.length === 0 ? <p className={classes.soft}>Aucun document final pour l’instant.</p> : (
            <div className={classes.finals}>
              {demarche.livrables.map((document) => document.file && (
                <button key={document.id} type="button" className={classes.final} onClick={() => document.file && setPreview(document.file)}>
                  <IconFileDescription size={20} stroke={STROKE} aria-hidden />
                  <span><strong>{document.titre}</strong>{document.produced_at && <span className={classes.soft}>{shortDate(document.produced_at)}</span>}</span>
                </button>
              ))}
            </div>
          )}
        </Card>
      )}
      <Card nue>
        <div className={classes.bar}>
          <h2>Pièces <span>{demarche.compteurs.pieces_validees} sur {demarche.compteurs.pieces_total} validées</span></h2>
          <div className={classes.tools}>
            {waiting > 0 && <Button size="xs" component={Link} to="/pieces" search={{ demarche: demarche.id } as never}>Contrôler {count(waiting, 'pièce')}</Button>}
            {checking && <Button variant="default" size="xs" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => onDialog({ type: 'piece' })}>Demander une pièce…</Button>}
          </div>
        </div>
        {groups.size > 1 && (
          <div className={classes.filter}>
            <Chips nom="Catégorie" valeur={category} onChange={setCategory} options={[{ cle: 'toutes', libelle: 'Toutes', n: demarche.pieces.length }, ...[...groups].map(([name, pieces]) => ({ cle: name, libelle: name, n: pieces.length }))]} />
          </div>
        )}
        {demarche.pieces.length === 0 ? <EmptyState>Aucune pièce n’est demandée dans cette démarche.</EmptyState>
          : [...groups].filter(([name]) => category === 'toutes' || category === name).map(([name, pieces]) => (
            <section key={name}>
              <h3 className={classes.category}>{name}</h3>
              <ul>
                {pieces.map((piece, rank) => <PieceRow key={piece.id} piece={piece} given={piece.statut === 'manquant' ? given.get(piece.id) : undefined} above={pieces[rank - 1]} below={pieces[rank + 1]} demarche={demarche} onPreview={setPreview} onDeposit={() => setDeposit(piece)} onDialog={onDialog} onHistorique={() => onHistorique(`piece:${piece.id}`)} />)}
              </ul>
            </section>
          ))}
      </Card>
      <Card nue>
        <div className={classes.bar}>
          <h2>Documents produits <span>{demarche.documents.length}</span></h2>
          {working && demarche.documents_possibles.length > 0 && <Button variant="default" size="xs" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => onDialog({ type: 'document' })}>Produire un document…</Button>}
        </div>
        {demarche.documents.length === 0 ? <EmptyState>Aucun document produit pour l’instant.</EmptyState> : (
          <ul>{demarche.documents.map((document) => <DocumentRow key={document.id} document={document} demarche={demarche} working={working} onPreview={setPreview} />)}</ul>
        )}
      </Card>
      {preview && <PreviewDialog fichier={preview} onClose={() => setPreview(null)} />}
      {deposit && (
        <Dialog opened onClose={() => setDeposit(null)} title={`Déposer : ${deposit.titre}`} size={520}>
          <Deposit
            titre={deposit.titre}
            chemin={`/api/demarches/${demarche.id}/pieces/${deposit.id}/depots`}
            formats={deposit.formats}
            tailleMaxMo={deposit.taille_max_mo}
            nouvelleVersion={deposit.versions.length > 0}
            onDone={() => {
              setDeposit(null)
              for (const key of [['demarche', demarche.id], ['pieces-a-valider'], ['travail']]) void client.invalidateQueries({ queryKey: key })
            }}
          />
        </Dialog>
      )}
    </>
  )
}

/** Where it comes from, and until when it holds. */
function sourceOf({ perime, provenance, valide_le: validated, valable_jusqu_au: until }: PieceDejaDonnee): string {
  const source = `«${NBSP}${provenance}${NBSP}»`
  if (perime && until) return `Donné pour ${source}, périmé depuis le ${shortDate(until)}${NBSP}: à redemander`
  return `Déjà donné pour ${source}, validé le ${shortDate(validated)}${until ? `, valable jusqu’au ${shortDate(until)}` : ''}`
}

interface PieceProps {
  piece: PieceView
  /** What the client gave of this kind for another démarche (GED-15). */
  given: PieceDejaDonnee | undefined
  /** Its neighbours in its category. */
  above: PieceView | undefined
  below: PieceView | undefined
  demarche: DemarcheView
  onPreview: (file: FileRef) => void
  onDeposit: () => void
  onDialog: (dialog: CockpitDialog) => void
  onHistorique: () => void
}

/** What stands just before a pièce in the whole list. */
const before = (pieces: PieceView[], piece: PieceView): string | null => pieces[pieces.indexOf(piece) - 1]?.id ?? null

function PieceRow({ piece, given, above, below, demarche, onPreview, onDeposit, onDialog, onHistorique }: PieceProps) {
  const now = useNow()
  const [open, setOpen] = useState(false)
  const { run } = useCommands(demarche.id)
  const moving = underWay(demarche) && can(demarche, 'piece.valider')
  const place = (apres: string | null): void => void run({ methode: 'PUT', chemin: `/pieces/${piece.id}/place`, body: { apres } }, { dit: 'Pièce déplacée dans ce dossier' })
  const last = piece.versions.at(-1)
  const reusable = given && !given.perime ? given : undefined
  const file = last?.files[0] ?? reusable?.fichiers[0]
  const icon = { size: 16, stroke: STROKE }
  return (
    <li className={classes.item}>
      <div className={classes.row}>
        <IconFileText size={17} stroke={STROKE} className={classes.icon} aria-hidden />
        <div className={classes.text}>
          <p className={classes.title}>{piece.titre}{!piece.obligatoire && <span className={classes.soft}> facultative</span>}</p>
          <p className={classes.soft}>
            {last ? <>version {last.numero}, {stamp(last.at, now)}, {last.par}</> : <>attendue {de(piece.de_nom)}{piece.due_at && `, avant le ${shortDate(piece.due_at)}`}</>}
          </p>
          {given && <p className={classes.soft}>{sourceOf(given)}</p>}
          {piece.motif && !toCheck(piece) && <p className={classes.reason} data-refus={piece.statut === 'refuse' || undefined}>Motif : {piece.motif}</p>}
        </div>
        <StatusBadge objet="piece" cle={reusable ? 'disponible' : piece.statut} court />
        <div className={classes.rowTools}>
          {toCheck(piece)
            ? <Button variant="default" size="compact-sm" component={Link} to="/pieces" search={{ demarche: demarche.id, piece: piece.id } as never}>Contrôler</Button>
            : !file && piece.a_moi && underWay(demarche) && can(demarche, 'piece.deposer')
              ? <Button variant="default" size="compact-sm" onClick={onDeposit}>Déposer…</Button>
              : file && <ActionIcon aria-label={`Voir ${piece.titre}`} onClick={() => onPreview(file)}><IconEye {...icon} /></ActionIcon>}
          <Menu position="bottom-end" width={220}>
            <Menu.Target><ActionIcon aria-label={`Actions sur ${piece.titre}`}><IconDots {...icon} /></ActionIcon></Menu.Target>
            <Menu.Dropdown>
              {file && toCheck(piece) && <Menu.Item leftSection={<IconEye {...icon} />} onClick={() => onPreview(file)}>Voir le fichier</Menu.Item>}
              {piece.versions.length > 0 && <Menu.Item leftSection={<IconRefresh {...icon} />} onClick={() => setOpen(!open)}>{open ? 'Masquer les versions' : `Versions (${piece.versions.length})`}</Menu.Item>}
              {reusable && can(demarche, 'piece.deposer') && (
                <Menu.Item
                  leftSection={<IconFileCheck {...icon} />}
                  onClick={() => void run({ chemin: `/pieces/${piece.id}/reprise`, body: { fichiers: reusable.fichiers.map(({ id }) => id) } }, { dit: `Document repris${NBSP}: ${piece.titre}` })}
                >
                  Reprendre ce document
                </Menu.Item>
              )}
              {underWay(demarche) && can(demarche, 'piece.deposer') && !settled(piece) && <Menu.Item leftSection={<IconUpload {...icon} />} onClick={onDeposit}>Déposer un fichier…</Menu.Item>}
              {moving && <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onDialog({ type: 'nommer', piece: piece.id })}>Renommer cette pièce…</Menu.Item>}
              {moving && above && <Menu.Item leftSection={<IconArrowUp {...icon} />} onClick={() => place(before(demarche.pieces, above))}>Monter</Menu.Item>}
              {moving && below && <Menu.Item leftSection={<IconArrowDown {...icon} />} onClick={() => place(below.id)}>Descendre</Menu.Item>}
              {moving && !settled(piece) && <Menu.Item leftSection={<IconBan {...icon} />} onClick={() => onDialog({ type: 'dispense', piece: piece.id })}>Ne plus la demander…</Menu.Item>}
              <Menu.Item leftSection={<IconHistory {...icon} />} onClick={onHistorique}>Historique</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {open && (
        <ul className={classes.versions}>
          {piece.versions.toReversed().map((version) => (
            <li key={version.numero}>
              <strong>v{version.numero}</strong>
              <span className={classes.grow}>
                {version.files.map((each) => <button key={each.id} type="button" className={classes.link} onClick={() => onPreview(each)}>{each.nom}</button>)}
                {version.motif && <span className={classes.soft}>Motif : {version.motif}</span>}
              </span>
              <span className={classes.soft}>{shortDate(version.at)}</span>
              <StatusBadge objet="piece" cle={version.statut} court />
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

function DocumentRow({ document, demarche, working, onPreview }: { document: DocumentView; demarche: DemarcheView; working: boolean; onPreview: (file: FileRef) => void }) {
  const now = useNow()
  const { run } = useCommands(demarche.id)
  const { file } = document
  const again = document.statut === 'echec' || document.perime !== null
  const signable = document.statut === 'disponible' && (document.a_signer || document.signature)
  return (
    <li className={classes.item}>
      <div className={classes.row}>
        <IconFileDescription size={17} stroke={STROKE} className={classes.icon} aria-hidden />
        <div className={classes.text}>
          <p className={classes.title}>{document.titre}</p>
          <p className={classes.soft}>{document.produced_at ? `produit ${stamp(document.produced_at, now)}` : document.statut === 'echec' ? 'non produit' : 'en préparation'}, {document.par}</p>
          {document.statut === 'echec' && <WhyNot document={document} demarcheId={demarche.id} />}
          {document.perime && <p className={classes.reason}>{document.perime}</p>}
          {signable && <SignatureEnLigne document={document} demarcheId={demarche.id} working={working} />}
        </div>
        <StatusBadge objet="document" cle={document.perime ? 'perime' : document.statut} />
        <div className={classes.rowTools}>
          {again && working && <Button variant="default" size="compact-sm" onClick={() => void run({ chemin: '/documents', body: { document: document.cle, ligne: document.ligne } }, { dit: 'Le document se prépare' })}>Refaire</Button>}
          {file && <ActionIcon aria-label={`Voir ${document.titre}`} onClick={() => onPreview(file)}><IconEye size={16} stroke={STROKE} /></ActionIcon>}
        </div>
      </div>
    </li>
  )
}
