import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconChevronLeft } from '@tabler/icons-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { piecesAValiderQuery } from '@shared/api/queries'
import type { PiecesToCheck } from '@shared/api/types'
import { ProgressBar } from '@shared/components/Progress'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, dayMonth, hour, NBSP, percent, shortDate } from '@shared/format'
import { useShortcuts } from '@shared/hooks/useShortcuts'
import { STROKE } from '@shared/icons'
import { Viewer } from '@shared/viewer/Viewer'
import { Screen } from '../components/Screen'
import { toCheck } from '../cockpit/pieces'
import { Controle } from './Controle'
import classes from './PiecesPage.module.css'
import { type Decisions, type Entry, pieceKey, useDecisions } from './useDecisions'

/** Pièces to check one after the other: list, viewer, decision (GED-11, GED-12). */
export function PiecesPage() {
  const search = useSearch({ strict: false }) as { demarche?: string; piece?: string }
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(piecesAValiderQuery)
  const phone = useMediaQuery('(max-width: 899px)', false, { getInitialValueInEffect: false })
  const decisions = useDecisions()

  const order = useRef(new Map<string, number>())
  const groups = useMemo(() => (data ? shownGroups(data, decisions.seen, order.current) : []), [data, decisions.seen])
  const entries = useMemo<Entry[]>(() => groups.flatMap((group) => group.pieces.map((piece) => ({ groupe: group, piece }))), [groups])
  const waits = (entry: Entry): boolean => toCheck(entry.piece) && !decisions.handled(entry)
  const remaining = entries.filter(waits)

  const asked = entries.find(({ groupe, piece }) => groupe.demarche_id === search.demarche && piece.id === search.piece)
  const selected = asked ?? (phone ? undefined : entries.find((entry) => entry.groupe.demarche_id === search.demarche && waits(entry)) ?? remaining[0] ?? entries[0])
  const index = selected ? entries.indexOf(selected) : -1

  const select = (entry: Entry | undefined): void => {
    if (entry) void navigate({ to: '/pieces', search: { demarche: entry.groupe.demarche_id, piece: entry.piece.id } as never, replace: true })
  }
  /** After a decision: the next pièce that waits, further in the list first. */
  const next = (): void => {
    const rest = [...entries.slice(index + 1), ...entries.slice(0, Math.max(0, index))].filter(waits)
    if (rest[0]) select(rest[0])
    else if (phone) void navigate({ to: '/pieces', search: {} as never, replace: true })
  }
  useShortcuts({
    j: () => select(entries[index + 1] ?? entries[0]),
    k: () => select(entries[index - 1] ?? entries.at(-1)),
    arrowdown: () => select(entries[index + 1]),
    arrowup: () => select(entries[index - 1]),
  })

  const crumbs = [{ libelle: 'Pièces', ...(selected ? { to: '/pieces' } : {}) }, ...(selected ? [{ libelle: selected.groupe.titre }] : [])]
  return (
    <Screen fil={crumbs} pleine>
      {error && !data ? <ErrorState error={error} onRetry={() => void refetch()} />
        : !data ? <div className={classes.loading}><SkeletonRows lignes={9} hauteur={54} /></div>
        : entries.length === 0 ? (
          <div className={classes.empty}>
            <h1 className="el-hors-vue">Pièces à valider</h1>
            <EmptyState action={<Button variant="default" component={Link} to="/">Revenir à la file</Button>}>Rien à valider. Les pièces déposées par vos clients arriveront ici.</EmptyState>
          </div>
        ) : (
          <div className={classes.columns} data-choisie={selected ? true : undefined}>
            <h1 className="el-hors-vue">Pièces à valider</h1>
            <PieceList groups={groups} selected={selected} onSelect={select} decided={decisions.decided} done={decisions.count} remaining={remaining.length} />
            {selected && (
              <Work
                key={pieceKey(selected)}
                entry={selected}
                decisions={decisions}
                onDecided={next}
                retour={phone && <button type="button" className={classes.back} onClick={() => void navigate({ to: '/pieces', search: {} as never, replace: true })}><IconChevronLeft size={17} stroke={STROKE} aria-hidden />Toutes les pièces</button>}
              />
            )}
          </div>
        )}
    </Screen>
  )
}

type Group = PiecesToCheck['groupes'][number]

/** What the server still lists, plus what was decided here meanwhile: a row stays where it was first seen. */
function shownGroups(data: PiecesToCheck, seen: ReadonlyMap<string, Entry>, order: Map<string, number>): Group[] {
  const groups = data.groupes.map((group) => ({ ...group, pieces: [...group.pieces] }))
  for (const { groupe, piece } of seen.values()) {
    const group = groups.find((each) => each.demarche_id === groupe.demarche_id)
    if (!group) groups.push({ ...groupe, pieces: [piece] })
    else if (!group.pieces.some(({ id }) => id === piece.id)) group.pieces.push(piece)
  }
  const rank = (key: string): number => {
    const known = order.get(key)
    if (known !== undefined) return known
    order.set(key, order.size)
    return order.size - 1
  }
  for (const { demarche_id, pieces } of groups) {
    rank(demarche_id)
    for (const { id } of pieces) rank(`${demarche_id}/${id}`)
  }
  for (const { demarche_id, pieces } of groups) pieces.sort((a, b) => rank(`${demarche_id}/${a.id}`) - rank(`${demarche_id}/${b.id}`))
  return groups.sort((a, b) => rank(a.demarche_id) - rank(b.demarche_id))
}

interface ListProps {
  groups: Group[]
  selected: Entry | undefined
  onSelect: (entry: Entry) => void
  decided: (entry: Entry) => string | undefined
  done: number
  remaining: number
}

function PieceList({ groups, selected, onSelect, decided, done, remaining }: ListProps) {
  const total = done + remaining
  const share = total === 0 ? 1 : done / total
  useEffect(() => {
    document.querySelector('[data-piece-choisie]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  return (
    <nav className={classes.list} aria-label="Pièces à valider">
      <p className={classes.title} aria-hidden>Pièces à valider</p>
      <div className={classes.progress}>
        <p><span>{done === 0 ? `${count(remaining, 'pièce')} à contrôler` : `${count(done, 'traitée')} sur ${total}`}</span><strong>{percent(share)}</strong></p>
        <ProgressBar part={share} nom="Pièces traitées" texte={null} />
      </div>
      {groups.map((group) => (
        <section key={group.demarche_id}>
          <h2><Link to={`/demarches/${group.demarche_id}`}>{group.titre}</Link><span>{group.validees}{NBSP}/{NBSP}{group.total}</span></h2>
          <ul>
            {group.pieces.map((piece) => {
              const entry = { groupe: group, piece }
              const chosen = selected?.piece.id === piece.id && selected.groupe.demarche_id === group.demarche_id
              const last = piece.versions.at(-1)
              return (
                <li key={piece.id}>
                  <button type="button" className={classes.piece} aria-current={chosen || undefined} data-piece-choisie={chosen || undefined} onClick={() => onSelect(entry)}>
                    <span className={classes.pieceText}>
                      <strong>{piece.titre}</strong>
                      <span>{last ? `${last.numero > 1 ? `version ${last.numero}` : piece.de_nom} · ${`${dayMonth(last.at)},${NBSP}${hour(last.at)}`}` : `demandée le ${shortDate(piece.requested_at)}`}</span>
                    </span>
                    <StatusBadge objet="piece" cle={decided(entry) ?? piece.statut} court />
                  </button>
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </nav>
  )
}

interface WorkProps {
  entry: Entry
  decisions: Decisions
  onDecided: () => void
  retour: ReactNode
}

/** One pièce: its files, and the decision. The version looked at is the last one until another is chosen. */
function Work({ entry, decisions, onDecided, retour }: WorkProps) {
  const [numero, setNumero] = useState<number | null>(null)
  const [rank, setRank] = useState(0)
  const { versions } = entry.piece
  const version = versions.find((each) => each.numero === numero) ?? versions.at(-1)
  const file = version?.files[rank] ?? version?.files[0]
  return (
    <>
      <section className={classes.viewer} aria-label="Aperçu du fichier">
        {retour}
        {version && version.files.length > 1 && (
          <div className={classes.files} role="group" aria-label="Fichiers de ce dépôt">
            {version.files.map((each, index) => (
              <button key={each.id} type="button" aria-pressed={each.id === file?.id} onClick={() => setRank(index)}>{index + 1}. {each.nom}</button>
            ))}
          </div>
        )}
        {file ? <Viewer fichier={file} /> : <div className={classes.none}><EmptyState>Cette pièce n’est pas encore déposée.</EmptyState></div>}
      </section>
      <Controle
        entry={entry}
        decisions={decisions}
        onDecided={onDecided}
        version={version?.numero ?? null}
        onVersion={(chosen) => {
          setNumero(chosen)
          setRank(0)
        }}
      />
    </>
  )
}
