import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { IconAlertCircle, IconChevronDown, IconCircleCheck, IconFileText, IconId, IconLock, IconReceipt, IconUpload } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { useMoi } from '@shared/api/session'
import type { Disponible, DocumentsDisponibles, DocumentView, PieceDejaDonnee, PieceView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { Deposit } from '@shared/components/Deposit'
import { ProgressSegments } from '@shared/components/Progress'
import { StatusBadge } from '@shared/components/StatusBadge'
import { useGiven } from '@shared/demarche/dejaDonnees'
import { count, dayOfYear, moment } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import type { Ton } from '@shared/statuses'
import { statusOf } from '@shared/statuses'
import { FileButton } from './FileButton'
import { IconTile } from './IconTile'
import classes from './PieceList.module.css'

/** Where a pièce is, for the person who provides it. */
type Group = 'a_deposer' | 'verification' | 'bon'

const groupOf = (piece: PieceView): Group =>
  piece.statut === 'manquant' || piece.statut === 'refuse' ? 'a_deposer'
    : piece.statut === 'attente_validation' || piece.statut === 'recu' ? 'verification' : 'bon'

const barTones: Record<string, Ton> = { valide: 'fait', pris_en_compte: 'fait', disponible: 'fait', refuse: 'probleme' }

/** Nothing waits for it: it may be given or not. */
export const spare = (piece: PieceView): boolean => !piece.obligatoire && piece.statut === 'manquant'

/** « 2 validés, 2 en vérification, 1 à refaire, 2 à déposer, 1 facultatif » */
export function piecesSummary(pieces: PieceView[]): string {
  const n = (test: (piece: PieceView) => boolean): number => pieces.filter(test).length
  return [
    [n((p) => groupOf(p) === 'bon'), 'validé', 'validés'],
    [n((p) => groupOf(p) === 'verification'), 'en vérification', 'en vérification'],
    [n((p) => p.statut === 'refuse'), 'à refaire', 'à refaire'],
    [n((p) => p.statut === 'manquant' && !spare(p)), 'à déposer', 'à déposer'],
    [n(spare), 'facultatif', 'facultatifs'],
  ]
    .filter(([value]) => Number(value) > 0)
    .map(([value, one, many]) => `${value} ${Number(value) > 1 ? many : one}`)
    .join(', ')
}

/** One segment for each pièce that counts, best first, with « 4 / 7 » deposited. */
export function PiecesProgress({ pieces: all }: { pieces: PieceView[] }) {
  const pieces = all.filter((piece) => !spare(piece))
  if (pieces.length === 0) return null
  const order: Record<Group, number> = { bon: 0, verification: 1, a_deposer: 2 }
  const sorted = [...pieces].sort((a, b) => order[groupOf(a)] - order[groupOf(b)] || Number(b.statut === 'refuse') - Number(a.statut === 'refuse'))
  const deposited = pieces.filter((piece) => groupOf(piece) !== 'a_deposer').length
  return (
    <div className={classes.progress}>
      <ProgressSegments
        texte={`${deposited} sur ${pieces.length} : ${piecesSummary(pieces)}`}
        segments={sorted.map((piece) => ({
          part: piece.statut === 'manquant' ? 0 : 1,
          ton: barTones[piece.statut] ?? (groupOf(piece) === 'verification' ? 'cabinet' : 'neutre'),
        }))}
      />
      <strong aria-hidden>{deposited} / {pieces.length}</strong>
    </div>
  )
}

export interface PieceListProps {
  demarcheId: string
  /** What this reader provides. */
  pieces: PieceView[]
  /** Earliest date among those awaited. */
  due?: string | null
  /** Something else comes first: no item is open until one is chosen. */
  replie?: boolean
  onDone: (piece: PieceView) => void
  /** The reader may take one of the client's documents again (GED-15). */
  reprise?: boolean
  /** Offered a deposit that failed: true when it is kept to be sent later. */
  garder?: (error: unknown, piece: PieceView, files: File[], key: string) => Promise<boolean>
  /** Told when files leave and when their answer is known: until then this list must stay. */
  onSending?: (sending: boolean) => void
  /** What the firm prepared: a document made in the étape of a pièce is often what is to be signed. */
  prepares?: DocumentView[]
  /** Inside something else: its parts have no title of their own. */
  dedans?: boolean
}

/** Guided deposit (GED-08 to GED-13): one item open at a time, the others wait their turn. */
export function PieceList({ demarcheId, pieces, due, replie = false, reprise = false, onDone, garder, onSending, prepares = [], dedans = false }: PieceListProps) {
  const moi = useMoi()
  const shown = pieces.filter((piece) => piece.statut !== 'sans_objet')
  // The live view may show a document as received before its sender is told: it stays open until then.
  const [sending, setSending] = useState<string | null>(null)
  const placeOf = (piece: PieceView): Group => (piece.id === sending ? 'a_deposer' : groupOf(piece))
  const given = useGiven(demarcheId, reprise)
  const [another, setAnother] = useState<ReadonlySet<string>>(new Set())
  const known = shown.filter((piece) => piece.statut === 'manquant' && piece.id !== sending && !another.has(piece.id) && given.get(piece.id)?.perime === false)
  const todo = shown.filter((piece) => placeOf(piece) === 'a_deposer' && !known.includes(piece)).sort((a, b) => Number(b.statut === 'refuse') - Number(a.statut === 'refuse') || Number(b.obligatoire) - Number(a.obligatoire))
  const checking = shown.filter((piece) => placeOf(piece) === 'verification')
  const good = shown.filter((piece) => placeOf(piece) === 'bon')
  const [chosen, setChosen] = useState<string | null>(null)
  const open = todo.find((piece) => piece.id === (sending ?? chosen)) ?? (replie ? undefined : todo[0])
  const openRef = useRef<HTMLDivElement>(null)
  const moved = useRef(false)
  useEffect(() => {
    if (!moved.current) return
    moved.current = false
    openRef.current?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    openRef.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true })
  }, [chosen])

  const Part = dedans ? Untitled : Section
  return (
    <>
      {dedans && <PiecesProgress pieces={shown} />}
      {known.length > 0 && (
        <Part titre="Vous nous l’avez déjà donné">
          <Card nue>
            <ul>
              {known.map((piece) => (
                <Given
                  key={piece.id}
                  chemin={`/api/demarches/${demarcheId}/pieces/${piece.id}`}
                  piece={piece}
                  document={given.get(piece.id) as PieceDejaDonnee}
                  onDone={() => onDone(piece)}
                  onAnother={() => {
                    moved.current = true
                    setAnother(new Set(another).add(piece.id))
                    setChosen(piece.id)
                  }}
                />
              ))}
            </ul>
          </Card>
        </Part>
      )}
      {todo.length > 0 && (
        <Part titre="À déposer maintenant" aside={due ? <span className={classes.aside}>avant le {dayOfYear(due)}</span> : undefined}>
          {open && <div ref={openRef} className={classes.open} data-ton={open.statut === 'refuse' ? 'probleme' : 'cabinet'} key={open.id}>
            <Head piece={open} />
            <Prepares documents={prepares.filter(({ etape }) => etape !== null && etape === open.etape)} />
            {open.statut === 'refuse' && (
              <div className={classes.refusal}>
                <IconAlertCircle size={24} stroke={STROKE} aria-hidden />
                <div>
                  <p className={classes.reason}>{open.motif ?? 'Ce document est à refaire.'}</p>
                  <p>Déposez une nouvelle version, nous la vérifions sous 2 jours ouvrés.</p>
                </div>
              </div>
            )}
            <Expired document={given.get(open.id)} />
            {reprise && <Disponibles demarcheId={demarcheId} piece={open} onDone={() => onDone(open)} />}
            <Deposit
              titre={open.titre}
              chemin={`/api/demarches/${demarcheId}/pieces/${open.id}/depots`}
              formats={open.formats}
              tailleMaxMo={open.taille_max_mo}
              nouvelleVersion={open.statut === 'refuse'}
              onSending={(sent) => {
                setSending(sent ? open.id : null)
                onSending?.(sent)
              }}
              onDone={() => onDone(open)}
              {...(garder ? { garder: (error, files, key) => garder(error, open, files, key) } : {})}
            />
          </div>}
          {todo.some((piece) => piece !== open) && (
            <Card nue>
              <ul>
                {todo.filter((piece) => piece !== open).map((piece) => (
                  <li key={piece.id} className={classes.row}>
                    <div>
                      <Head piece={piece} />
                      <Expired document={given.get(piece.id)} />
                    </div>
                    <button
                      type="button"
                      className={classes.choose}
                      aria-label={`Déposer : ${piece.titre}`}
                      onClick={() => {
                        moved.current = true
                        setChosen(piece.id)
                      }}
                    >
                      <IconUpload size={24} stroke={STROKE} aria-hidden />
                    </button>
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </Part>
      )}
      {checking.length > 0 && (
        <Part titre="Nous vérifions" aside={<span className={classes.aside}>sous 2 jours ouvrés</span>}>
          <Group pieces={checking} />
        </Part>
      )}
      {good.length > 0 && (
        <Part titre="C’est bon" aside={<span className={classes.aside}>rien à faire</span>}>
          <Group pieces={good} />
        </Part>
      )}
      {!dedans && <p className={classes.privacy}>
        <IconLock size={22} stroke={STROKE} aria-hidden />
        {moi.role === 'participant' ? 'Seules les personnes qui suivent ce dossier voient ces documents.' : 'Seules les personnes chargées de votre dossier voient ces documents.'} Vous pouvez vous arrêter et reprendre plus tard, rien n’est perdu.
      </p>}
    </>
  )
}

function Untitled({ children }: { children: ReactNode }) {
  return <>{children}</>
}

/** One that serves again: looked at, taken, or given anew. */
function Given({ chemin, piece, document, onDone, onAnother }: { chemin: string; piece: PieceView; document: PieceDejaDonnee; onDone: () => void; onAnother: () => void }) {
  const take = useMutation({
    mutationFn: () => call('POST', `${chemin}/reprise`, { body: { fichiers: document.fichiers.map(({ id }) => id) } }),
    onSuccess: onDone,
  })
  return (
    <li className={classes.given}>
      <div className={classes.head}>
        <IconTile icone={IconCircleCheck} ton="fait" />
        <div className={classes.text}>
          <h3>{piece.titre}</h3>
          <p>Validé le {dayOfYear(document.valide_le)}, dans «{'\u00a0'}{document.provenance}{'\u00a0'}».{document.valable_jusqu_au && ` Valable jusqu’au ${dayOfYear(document.valable_jusqu_au)}.`}</p>
          {document.fichiers.map((file) => <FileButton key={file.id} file={file} />)}
          <StatusBadge objet="piece" cle="disponible" perso={{ libelle: 'Disponible' }} />
        </div>
      </div>
      <div className={classes.givenActions}>
        <Button loading={take.isPending} onClick={() => take.mutate()} aria-label={`Réutiliser\u00a0: ${piece.titre}`}>Réutiliser</Button>
        <Button variant="default" disabled={take.isPending} onClick={onAnother} aria-label={`En donner un autre\u00a0: ${piece.titre}`}>En donner un autre</Button>
      </div>
      {take.error && <p role="alert" className={classes.reason}>{messageOf(take.error)}</p>}
    </li>
  )
}

/** Documents to read, or to sign and give back. */
function Prepares({ documents }: { documents: DocumentView[] }) {
  if (documents.length === 0) return null
  return (
    <ul className={classes.prepared}>
      {documents.map(({ id, titre, file }) => file && (
        <li key={id}>Préparé pour vous{'\u00a0'}: <FileButton file={file} titre={titre}>{titre}</FileButton></li>
      ))}
    </ul>
  )
}

/** Why it is asked again. */
function Expired({ document }: { document: PieceDejaDonnee | undefined }) {
  if (!document?.perime || !document.valable_jusqu_au) return null
  return (
    <p className={classes.expired}>
      Celui que vous aviez donné pour «{'\u00a0'}{document.provenance}{'\u00a0'}» n’est plus valable depuis le {dayOfYear(document.valable_jusqu_au)}. Il nous en faut un nouveau.
    </p>
  )
}

/** Documents already there that may serve: those that match at once, the others on demand. Nothing while off line. */
function Disponibles({ demarcheId, piece, onDone }: { demarcheId: string; piece: PieceView; onDone: () => void }) {
  const chemin = `/api/demarches/${demarcheId}/pieces/${piece.id}`
  const { data } = useQuery({
    queryKey: ['disponibles', demarcheId, piece.id],
    queryFn: ({ signal }) => call<DocumentsDisponibles>('GET', `${chemin}/disponibles`, { signal }),
    staleTime: 60_000,
  })
  const take = useMutation({
    mutationFn: (document: Disponible) => call('POST', `${chemin}/reprise`, { body: { fichiers: document.fichiers.map(({ id }) => id) } }),
    onSuccess: onDone,
  })
  // What was validated for the same kind has a place of its own, unless this one was refused.
  const items = data?.items.filter(({ meme_sorte }) => !meme_sorte || piece.statut === 'refuse') ?? []
  if (items.length === 0) return null
  const row = (document: Disponible) => (
    <li key={document.fichiers[0]?.id}>
      <div>
        {document.distant ? <strong>{document.nom}</strong> : document.fichiers[0] && <FileButton file={document.fichiers[0]} titre={document.nom}>{document.nom}</FileButton>}
        <p>{document.provenance}, {dayOfYear(document.at)}</p>
      </div>
      <Button variant="light" size="sm" disabled={take.isPending} onClick={() => take.mutate(document)} aria-label={`Utiliser\u00a0: ${document.nom}, ${document.provenance}`}>Utiliser</Button>
    </li>
  )
  const close = items.filter(({ correspond }) => correspond)
  const others = items.filter(({ correspond }) => !correspond)
  return (
    <div className={classes.available}>
      {close.length > 0 && (
        <>
          <p className={classes.availableTitle}><IconCircleCheck size={22} stroke={STROKE} aria-hidden />{close.every(({ distant }) => distant) ? 'Disponible au registre' : 'Disponible dans vos documents'}</p>
          <ul>{close.slice(0, 3).map(row)}</ul>
        </>
      )}
      {others.length > 0 && (
        <details>
          <summary>Choisir parmi vos documents ({others.length})</summary>
          <ul>{others.map(row)}</ul>
        </details>
      )}
      {take.error && <p role="alert" className={classes.reason}>{messageOf(take.error)}</p>}
    </div>
  )
}

function Group({ pieces }: { pieces: PieceView[] }) {
  return (
    <Card nue>
      <ul>
        {pieces.map((piece) => (
          <li key={piece.id} className={classes.row}>
            <Head piece={piece} />
            <Files piece={piece} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Icon, name, what it must be or where it stands, badge. */
export function Head({ piece, de }: { piece: PieceView; de?: string }) {
  const now = useNow()
  const last = piece.versions.at(-1)
  const { ton } = statusOf('piece', piece.statut)
  const Glyph = piece.categorie?.includes('identite') ? IconId : piece.categorie?.includes('paie') ? IconReceipt : IconFileText
  const detail = groupOf(piece) === 'a_deposer'
    ? piece.description
    : last && `${last.files.length > 1 ? count(last.files.length, 'page') : (last.files[0]?.nom ?? '')}, ${moment(last.at, now)}`
  return (
    <div className={classes.head}>
      <IconTile icone={Glyph} ton={ton} />
      <div className={classes.text}>
        <h3>{piece.titre}{!piece.obligatoire && piece.versions.length === 0 && <span className={classes.optional}> (facultatif)</span>}</h3>
        {de && <p>{de}</p>}
        {detail && <p>{detail}</p>}
        <StatusBadge objet="piece" cle={piece.statut} />
      </div>
    </div>
  )
}

/** Versions that were sent, newest first, to read again. */
export function Files({ piece }: { piece: PieceView }) {
  const now = useNow()
  if (piece.versions.length === 0) return null
  return (
    <details className={classes.versions}>
      <summary aria-label={`Fichiers envoyés : ${piece.titre}`}><IconChevronDown size={22} stroke={STROKE} aria-hidden /></summary>
      <ul>
        {[...piece.versions].reverse().map((version) => (
          <li key={version.numero}>
            <p>Version {version.numero}, {moment(version.at, now)}, {version.par}</p>
            {version.statut === 'refuse' && version.motif && <p className={classes.oldReason}>Refusée : {version.motif}</p>}
            {version.files.map((file) => (
              <FileButton key={file.id} file={file} />
            ))}
          </li>
        ))}
      </ul>
    </details>
  )
}
