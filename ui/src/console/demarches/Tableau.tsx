import { ActionIcon, Button, Menu } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconArrowRight, IconCheck, IconColumns3, IconDots, IconForms } from '@tabler/icons-react'
import { type DragEvent, useId, useState } from 'react'
import { demarcheQuery, modelesQuery } from '@shared/api/queries'
import type { ColonneTableau, DemarcheFilters, DemarcheLine } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { References } from '@shared/components/References'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { ownStatus } from '@shared/statuses'
import { useCommands } from '../api/commands'
import { colonneQuery, tableauQuery } from '../api/queries'
import { DeplacerDialog } from './DeplacerDialog'
import { dueLate, turnOf, Urgent, useMyName } from './line'
import classes from './Tableau.module.css'

const SIZE = 20

interface Props {
  filters: DemarcheFilters
  onModele: (cle: string) => void
}

/** A card on its way to a column: asked by a drop, or by the menu of the card. */
interface Demande {
  line: DemarcheLine
  cible: ColonneTableau
}

/** What the cards and the columns share while one is dragged. */
interface Deplacements {
  colonnes: ColonneTableau[]
  portee: DemarcheLine | null
  onPorte: (line: DemarcheLine | null) => void
  onDemande: (demande: Demande) => void
}

/**
 * The board of one modèle (DESIGN section 4). An étape carries its démarche from column to column; a card that is dragged
 * asks that of the engine, which alone decides (SIN-12).
 */
export function Tableau({ filters, onModele }: Props) {
  return filters.modele ? <Board filters={{ ...filters, taille: SIZE }} /> : <Choose onModele={onModele} />
}

/** The modèles that have démarches under way, one click each: the busiest first. */
function Choose({ onModele }: { onModele: (cle: string) => void }) {
  const { data, error, refetch } = useQuery(modelesQuery)
  if (!data) return error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={6} hauteur={40} /></Card>
  const suivis = data.filter(({ ouvertes }) => ouvertes > 0).sort((a, b) => b.ouvertes - a.ouvertes)
  if (suivis.length === 0) return <Card><EmptyState>Aucune démarche n’est en cours.</EmptyState></Card>
  return (
    <Card>
      <p className={classes.help}>Un tableau montre les démarches d’un seul modèle, dans ses colonnes. Choisissez le modèle :</p>
      <ul className={classes.modeles}>
        {suivis.map(({ cle, titre, ouvertes }) => (
          <li key={cle}>
            <Button variant="default" rightSection={<span className={classes.nombre}>{ouvertes}</span>} onClick={() => onModele(cle)}>{titre}</Button>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Board({ filters }: { filters: DemarcheFilters }) {
  const { data, error, refetch, isPlaceholderData } = useQuery(tableauQuery(filters))
  const [portee, setPortee] = useState<DemarcheLine | null>(null)
  const [demande, setDemande] = useState<Demande | null>(null)
  if (!data) return error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={6} hauteur={88} /></Card>
  if (!data.declarees && data.total === 0) {
    return <Card><EmptyState>Ce modèle n’a pas de colonnes, et aucune démarche ouverte ne correspond.</EmptyState></Card>
  }
  return (
    <>
      <p className={classes.help}>
        {data.declarees
          ? 'Glissez une carte vers une autre colonne, ou choisissez-la dans son menu : son étape est validée, ou reprise, si elle le permet. Une carte avance aussi d’elle-même quand son étape se termine.'
          : 'Ce modèle ne déclare pas encore de colonnes : un administrateur les nomme dans son fichier (« colonnes »), puis dit celle de chaque étape.'}
      </p>
      {/* Reached by the keyboard too: it scrolls. */}
      <div className={classes.board} role="group" aria-label="Tableau des démarches" tabIndex={0} data-perime={isPlaceholderData || undefined}>
        {data.colonnes.map((colonne) => (
          <Column
            key={colonne.cle}
            colonne={colonne}
            filters={filters}
            deplacements={{ colonnes: data.declarees ? data.colonnes : [], portee, onPorte: setPortee, onDemande: setDemande }}
          />
        ))}
      </div>
      {demande && <DeplacerDialog key={`${demande.line.id}-${demande.cible.cle}`} {...demande} onClose={() => setDemande(null)} />}
    </>
  )
}

/** A column that an étape may name: neither the requests nor what follows an older version. */
const named = ({ cle }: ColonneTableau): boolean => !cle.startsWith('_')

function Column({ colonne, filters, deplacements }: { colonne: ColonneTableau; filters: DemarcheFilters; deplacements: Deplacements }) {
  const [opened, setOpened] = useState(false)
  const [over, setOver] = useState(false)
  const { portee, onPorte, onDemande } = deplacements
  const title = useId()
  const rest = useInfiniteQuery({ ...colonneQuery(filters, colonne.cle), enabled: opened })
  const items = new Map(colonne.items.map((line) => [line.id, line]))
  // A démarche may have gone from one page to another meanwhile: it is shown once.
  for (const line of rest.data?.pages.flatMap((page) => page.items) ?? []) if (!items.has(line.id)) items.set(line.id, line)
  const left = opened ? (rest.data ? rest.hasNextPage : true) : colonne.items.length < colonne.total
  const takes = portee !== null && named(colonne) && !items.has(portee.id)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    if (takes) onDemande({ line: portee, cible: colonne })
    setOver(false)
    onPorte(null)
  }
  return (
    <section
      className={classes.column}
      aria-labelledby={title}
      data-cible={takes ? (over ? 'dessus' : 'possible') : undefined}
      onDragOver={(event) => {
        if (!takes) return
        event.preventDefault()
        setOver(true)
      }}
      // The pointer goes over the cards too: only leaving the column counts.
      onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false) }}
      onDrop={drop}
    >
      <h2 id={title}>
        {colonne.libelle} <span className={classes.n}>{colonne.total}</span>
        {colonne.retard > 0 && <span className={classes.late}>{colonne.retard} en retard</span>}
      </h2>
      {items.size === 0 ? <p className={classes.none}>Aucune démarche</p> : (
        <ul>{[...items.values()].map((line) => <DemarcheCard key={line.id} line={line} colonne={colonne} deplacements={deplacements} />)}</ul>
      )}
      {left && (
        <Button variant="subtle" size="xs" fullWidth loading={opened && rest.isFetching} onClick={() => (opened ? void rest.fetchNextPage() : setOpened(true))}>
          {rest.isError ? 'Réessayer' : `Voir la suite (${count(Math.max(colonne.total - items.size, 0), 'démarche')})`}
        </Button>
      )}
    </section>
  )
}

interface CardProps {
  line: DemarcheLine
  colonne: ColonneTableau
  deplacements: Deplacements
}

function DemarcheCard({ line, colonne, deplacements }: CardProps) {
  const moi = useMyName()
  const late = dueLate(line)
  return (
    <li
      className={classes.card}
      draggable={deplacements.colonnes.length > 0}
      data-portee={deplacements.portee?.id === line.id || undefined}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', line.reference)
        deplacements.onPorte(line)
      }}
      onDragEnd={() => deplacements.onPorte(null)}
    >
      <div className={classes.top}>
        <Link to={`/demarches/${line.id}`} className={classes.title} draggable={false}><Urgent line={line} />{line.titre}</Link>
        <Actions line={line} colonne={colonne} deplacements={deplacements} />
      </div>
      <p className={classes.soft}><References>{`${line.client_nom} · ${line.reference}`}</References></p>
      {line.parent_reference && <p className={classes.soft}>Sous-démarche de <Link to={`/demarches/${line.parent_id}`}><References>{line.parent_reference}</References></Link></p>}
      {line.enfants > 0 && <p className={classes.soft}><Link to="/demarches" search={{ parent: line.id, etat: 'toutes' } as never}>{count(line.enfants, 'sous-démarche')}</Link></p>}
      {line.etape_titre && <p className={classes.soft}>{line.etape_titre}</p>}
      <div className={classes.badges}>
        <StatusBadge objet={line.phase === 'demande' ? 'demande' : 'demarche'} cle={line.statut} court perso={ownStatus(line)} />
        {line.due_at && <span className={classes.due} data-retard={late || undefined}>{late ? 'En retard, ' : ''}{shortDate(line.due_at)}</span>}
      </div>
      <div>{turnOf(line, moi)}</div>
    </li>
  )
}

/** What may be done from the card: read when the menu opens, from the démarche itself. */
function Actions({ line, colonne, deplacements }: CardProps) {
  const [opened, setOpened] = useState(false)
  const { data, isError } = useQuery({ ...demarcheQuery(line.id), enabled: opened })
  const { run } = useCommands(line.id)
  const icon = { size: 16, stroke: STROKE }
  const working = data?.cycle === 'ouverte' && data.phase === 'dossier'
  const current = working ? data.etapes.filter((etape) => etape.statut === 'en_cours') : []
  const elsewhere = working ? deplacements.colonnes.filter((each) => named(each) && each.cle !== colonne.cle) : []
  return (
    <Menu position="bottom-end" width={270} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <ActionIcon size={24} aria-label={`Actions sur ${line.titre}`}><IconDots size={15} stroke={STROKE} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowRight {...icon} />} component={Link} to={`/demarches/${line.id}`}>Ouvrir la démarche</Menu.Item>
        {!data && <Menu.Item disabled>{isError ? 'Actions indisponibles' : 'Lecture…'}</Menu.Item>}
        {current.map((etape) => (
          <Menu.Item key={etape.cle} leftSection={<IconCheck {...icon} />} onClick={() => void run({ chemin: `/etapes/${etape.cle}/validation`, body: { visit: etape.visit } }, { dit: `Étape validée : ${etape.titre}` })}>
            Valider l’étape « {etape.titre} »
          </Menu.Item>
        ))}
        {current.some((etape) => etape.formulaires.some((form) => !form.fait)) && (
          <Menu.Item leftSection={<IconForms {...icon} />} component={Link} to={`/demarches/${line.id}`}>Remplir un formulaire…</Menu.Item>
        )}
        {data && current.length === 0 && <Menu.Item disabled>{data.cycle === 'suspendue' ? 'Démarche en pause' : data.phase === 'demande' ? 'Demande à étudier' : 'Rien à valider'}</Menu.Item>}
        {elsewhere.length > 0 && <Menu.Label>Déplacer vers</Menu.Label>}
        {elsewhere.map((cible) => (
          <Menu.Item key={cible.cle} leftSection={<IconColumns3 {...icon} />} onClick={() => deplacements.onDemande({ line, cible })}>{cible.libelle}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
