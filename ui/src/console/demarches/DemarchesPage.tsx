import { ActionIcon, Button, Checkbox, Popover, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconAdjustmentsHorizontal, IconArrowDown, IconArrowUp, IconCornerDownRight, IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { demarcheQuery, demarchesQuery, equipeQuery, modelesQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import type { DemarcheFilters, DemarcheLine, DemarchePage } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { KeyCap } from '@shared/components/KeyCap'
import { ProgressBar } from '@shared/components/Progress'
import { References } from '@shared/components/References'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { ago, count, dayMonth, daysUntil, NBSP, nowOf, shortDate, thousands } from '@shared/format'
import { useShortcuts } from '@shared/hooks/useShortcuts'
import { iconNamed, STROKE } from '@shared/icons'
import { ownStatus, statuts, tours } from '@shared/statuses'
import { tiersDetailQuery } from '../api/queries'
import { Chips } from '../components/Chips'
import { DateField } from '../components/DateField'
import { Pages } from '../components/Pages'
import { Screen, ScreenHead } from '../components/Screen'
import { dueLate, turnOf, Urgent, useMyName } from './line'
import { Tableau } from './Tableau'
import classes from './DemarchesPage.module.css'

const SIZE = 25
type Search = Partial<Record<'q' | 'statut' | 'turn' | 'modele' | 'conseiller' | 'client' | 'etat' | 'tri' | 'sens' | 'page' | 'vue' | 'enfants' | 'parent' | 'priorite' | 'ouverte_du' | 'ouverte_au' | 'echeance_au', string>>
/** Dates to come are the portal's. */
type Tri = Exclude<NonNullable<DemarcheFilters['tri']>, 'prochaine'>

/** First direction of each sort: the most useful one. */
const firstSense: Record<Tri, 'asc' | 'desc'> = { maj: 'desc', priorite: 'asc', echeance: 'asc', ouverture: 'desc', titre: 'asc', client: 'asc' }

/** « Démarches »: every démarche this person may see, searched, filtered, sorted; the address says it all (DOS-05, UX-24). */
export function DemarchesPage() {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const mayOpen = may(useMoi(), 'demarche.ouvrir')
  const phone = useMediaQuery('(max-width: 759px)', false, { getInitialValueInEffect: false })
  const page = Math.max(1, Number(search.page) || 1)
  const tri: Tri = search.tri && search.tri in firstSense ? (search.tri as Tri) : 'maj'
  const sens = search.sens === 'asc' || search.sens === 'desc' ? search.sens : firstSense[tri]
  const etat = search.etat === 'terminees' || search.etat === 'toutes' ? search.etat : 'ouvertes'
  const board = search.vue === 'tableau'
  // A search looks everywhere; otherwise what another démarche opened is counted on its line.
  const parent = search.parent ?? (search.q || search.enfants ? undefined : 'aucun')
  const asked: DemarcheFilters = {
    ...(search.q ? { q: search.q } : {}),
    ...(search.statut ? { statut: search.statut } : {}),
    ...(search.turn ? { turn: search.turn } : {}),
    ...(search.modele ? { modele: search.modele } : {}),
    ...(search.conseiller ? { conseiller: search.conseiller } : {}),
    ...(search.client ? { client: search.client } : {}),
    ...(search.priorite === 'urgente' ? { priorite: search.priorite } : {}),
    ...(parent ? { parent } : {}),
    ...Object.fromEntries(dates.flatMap(({ cle }) => (search[cle] ? [[cle, search[cle]]] : []))),
  }
  const list = useQuery({ ...demarchesQuery({ ...asked, etat, tri, sens, page, taille: SIZE }), enabled: !board })

  const go = (next: Search): void => {
    const merged = Object.entries({ ...search, page: undefined, ...next }).filter(([, value]) => value)
    void navigate({ to: '/demarches', search: Object.fromEntries(merged) as never, replace: true, resetScroll: false })
  }
  const sort = (by: Tri): void => go({ tri: by, sens: by === tri ? (sens === 'asc' ? 'desc' : 'asc') : firstSense[by] })
  const filtered = Boolean(search.q || search.statut || search.turn || search.modele || search.conseiller || search.client || search.parent || search.priorite || dates.some(({ cle }) => search[cle]))
  const pages = list.data ? Math.ceil(list.data.total / SIZE) : 0

  return (
    <Screen fil={[{ libelle: 'Démarches' }]}>
      <ScreenHead titre="Démarches" sousTitre={board ? 'Démarches ouvertes d’un modèle, par colonne' : list.data ? summary(list.data, etat) : ' '}>
        {mayOpen && <Button component={Link} to="/nouvelle" leftSection={<IconPlus size={17} stroke={STROKE} />} rightSection={<KeyCap clair>N</KeyCap>}>Nouvelle démarche</Button>}
      </ScreenHead>
      <div className={classes.bar}>
        <SearchField value={search.q ?? ''} onChange={(q) => go({ q: q || undefined })} />
        {!board && <Chips nom="État" valeur={etat} onChange={(next) => go({ etat: next === 'ouvertes' ? undefined : next })} options={[{ cle: 'ouvertes', libelle: 'Ouvertes' }, { cle: 'terminees', libelle: 'Terminées' }, { cle: 'toutes', libelle: 'Toutes' }]} />}
        <Filters search={search} onChange={go} />
        {!board && <Select
          aria-label="Trier"
          className={classes.sort ?? ''}
          w={190}
          allowDeselect={false}
          value={tri}
          onChange={(value) => value && go({ tri: value, sens: undefined })}
          data={[{ value: 'maj', label: 'Dernier changement' }, { value: 'priorite', label: 'Priorité' }, { value: 'echeance', label: 'Échéance' }, { value: 'ouverture', label: 'Ouverture' }, { value: 'titre', label: 'Nom' }, { value: 'client', label: 'Client' }]}
        />}
        <Chips nom="Présentation" valeur={board ? 'tableau' : 'liste'} onChange={(vue) => go({ vue: vue === 'tableau' ? vue : undefined })} options={[{ cle: 'liste', libelle: 'Liste' }, { cle: 'tableau', libelle: 'Tableau' }]} />
      </div>
      <ActiveFilters search={search} onChange={go} />
      {board ? <Tableau filters={asked} onModele={(modele) => go({ modele })} />
        : list.isError && !list.data ? <Card><ErrorState error={list.error} onRetry={() => void list.refetch()} /></Card>
        : !list.data ? <Card nue><SkeletonRows lignes={10} hauteur={53} /></Card>
        : list.data.items.length === 0 ? (
          <Card>
            <EmptyState action={filtered ? <Button variant="default" onClick={() => void navigate({ to: '/demarches', search: {} as never, replace: true })}>Effacer les filtres</Button> : mayOpen && <Button component={Link} to="/nouvelle">Nouvelle démarche</Button>}>
              {filtered ? 'Aucune démarche ne correspond.' : etat === 'terminees' ? 'Aucune démarche terminée pour l’instant.' : 'Aucune démarche en cours.'}
            </EmptyState>
          </Card>
        ) : (
          <div data-perime={list.isPlaceholderData || undefined} className={classes.results}>
            <Card nue>{phone ? <Cards items={list.data.items} /> : <Table items={list.data.items} tri={tri} sens={sens} onSort={sort} />}</Card>
            {list.isError && <p className={classes.stale} role="status">Liste non actualisée. <button type="button" onClick={() => void list.refetch()}>Réessayer</button></p>}
            <Pages total={pages} page={page} onChange={(next) => go({ page: next > 1 ? String(next) : undefined })} />
          </div>
        )}
    </Screen>
  )
}

/** « 12 démarches ouvertes », « Plus de 200 démarches » when they are more than the server counts. */
function summary({ total, au_moins }: DemarchePage, etat: 'ouvertes' | 'terminees' | 'toutes'): string {
  const [one, many] = { ouvertes: ['démarche ouverte', 'démarches ouvertes'], terminees: ['démarche terminée', 'démarches terminées'], toutes: ['démarche', 'démarches'] }[etat] as [string, string]
  return au_moins ? `Plus de ${thousands(total - 1)}${NBSP}${many}` : count(total, one, many)
}

function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(value)
  const later = useDebouncedCallback(onChange, 250)
  useEffect(() => setText(value), [value])
  useShortcuts({ '/': () => document.getElementById('recherche-demarches')?.focus() })
  return (
    <TextInput
      id="recherche-demarches"
      className={classes.search ?? ''}
      type="search"
      aria-label="Rechercher une démarche"
      placeholder="Nom, référence, client…"
      leftSection={<IconSearch size={16} stroke={STROKE} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        later(event.currentTarget.value.trim())
      }}
    />
  )
}

const keys = ['statut', 'turn', 'modele', 'conseiller'] as const

const dates = [
  { cle: 'ouverte_du', libelle: 'Ouverte depuis le' },
  { cle: 'ouverte_au', libelle: 'Ouverte jusqu’au' },
  { cle: 'echeance_au', libelle: 'Échéance jusqu’au' },
] as const

const statusChoices = ['recue', 'analyse', 'attente_infos', 'en_cours', 'attente_client', 'attente_documents', 'attente_pieces', 'a_traiter', 'valide', 'en_retard', 'suspendue', 'termine', 'annulee', 'refusee']
  .flatMap((cle) => {
    const known = statuts.demarche[cle]
    return known ? [{ value: cle, label: known.libelle }] : []
  })

function Filters({ search, onChange }: { search: Search; onChange: (next: Search) => void }) {
  const { data: modeles } = useQuery(modelesQuery)
  const { data: staff } = useQuery(equipeQuery)
  const active = keys.filter((key) => search[key]).length + (search.enfants ? 1 : 0) + (search.priorite ? 1 : 0) + dates.filter(({ cle }) => search[cle]).length
  const field = (key: (typeof keys)[number], label: string, data: { value: string; label: string }[]): ReactNode => (
    <Select label={label} placeholder="Tous" clearable clearButtonProps={{ 'aria-label': `Effacer : ${label}` }} data={data} value={search[key] ?? null} onChange={(value) => onChange({ [key]: value ?? undefined })} comboboxProps={{ withinPortal: false }} />
  )
  return (
    <Popover position="bottom-end" width={280} shadow="md" radius={14} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} stroke={STROKE} />}>{active > 0 ? `Filtres (${active})` : 'Filtres'}</Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.filters ?? ''}>
        {field('statut', 'Statut', statusChoices)}
        {field('turn', 'À qui de jouer', (['cabinet', 'client', 'tiers', 'personne'] as const).map((cle) => ({ value: cle, label: tours[cle].libelle })))}
        {field('modele', 'Modèle', (modeles ?? []).map(({ cle, titre }) => ({ value: cle, label: titre })))}
        {field('conseiller', 'Conseiller', (staff ?? []).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` })))}
        {dates.map(({ cle, libelle }) => <DateField key={cle} label={libelle} value={search[cle] ?? null} onChange={(value) => onChange({ [cle]: value ?? undefined })} surPlace />)}
        <Checkbox label="Urgentes seulement" checked={search.priorite === 'urgente'} onChange={(event) => onChange({ priorite: event.currentTarget.checked ? 'urgente' : undefined })} />
        <Checkbox label="Avec les sous-démarches" checked={search.enfants === 'avec'} onChange={(event) => onChange({ enfants: event.currentTarget.checked ? 'avec' : undefined })} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** What filters the list, each with its way out. */
function ActiveFilters({ search, onChange }: { search: Search; onChange: (next: Search) => void }) {
  const { data: modeles } = useQuery(modelesQuery)
  const { data: staff } = useQuery(equipeQuery)
  const { data: client, isError: noClient } = useQuery({ ...tiersDetailQuery(search.client ?? ''), enabled: Boolean(search.client) })
  const { data: parent } = useQuery({ ...demarcheQuery(search.parent ?? ''), enabled: Boolean(search.parent) })
  const person = staff?.find(({ id }) => id === search.conseiller)
  const chips: [keyof Search, string][] = []
  if (search.client) chips.push(['client', `Client : ${client?.nom ?? (noClient ? 'inconnu' : '…')}`])
  if (search.parent) chips.push(['parent', `Sous-démarches de ${parent?.reference ?? '…'}`])
  if (search.priorite) chips.push(['priorite', 'Urgentes'])
  if (search.enfants) chips.push(['enfants', 'Avec les sous-démarches'])
  if (search.statut) chips.push(['statut', statuts.demarche[search.statut]?.libelle ?? search.statut])
  if (search.turn) chips.push(['turn', `Tour : ${tours[search.turn as keyof typeof tours]?.libelle.toLowerCase() ?? search.turn}`])
  if (search.modele) chips.push(['modele', modeles?.find(({ cle }) => cle === search.modele)?.titre ?? search.modele])
  if (search.conseiller) chips.push(['conseiller', person ? `${person.prenom} ${person.nom}` : 'Conseiller'])
  for (const { cle, libelle } of dates) {
    const day = search[cle]
    if (day) chips.push([cle, `${libelle} ${shortDate(day)}`])
  }
  if (chips.length === 0) return null
  return (
    <div className={classes.active} role="group" aria-label="Filtres actifs">
      {chips.map(([key, label]) => (
        <span key={key} className={classes.filter}>
          {label}
          <ActionIcon size={20} aria-label={`Retirer le filtre ${label}`} onClick={() => onChange({ [key]: undefined })}><IconX size={13} stroke={2} /></ActionIcon>
        </span>
      ))}
    </div>
  )
}

interface TableProps {
  items: DemarcheLine[]
  tri: Tri
  sens: 'asc' | 'desc'
  onSort: (tri: Tri) => void
}

function Table({ items, tri, sens, onSort }: TableProps) {
  const navigate = useNavigate()
  const moi = useMyName()
  const head = (by: Tri, label: string, end = false): ReactNode => (
    <th scope="col" aria-sort={tri === by ? (sens === 'asc' ? 'ascending' : 'descending') : undefined} data-fin={end || undefined}>
      <button type="button" onClick={() => onSort(by)}>{label}{tri === by && (sens === 'asc' ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />)}</button>
    </th>
  )
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>{head('titre', 'Démarche')}<th scope="col">Statut</th><th scope="col">À qui de jouer</th><th scope="col" className={classes.wide}>Avancement</th>{head('echeance', 'Échéance', true)}{head('maj', 'Mis à jour', true)}</tr>
        </thead>
        <tbody>
          {items.map((line) => {
            const Icon = iconNamed(line.icone)
            return (
              <tr
                key={line.id}
                onClick={(event) => {
                  if (!(event.target instanceof HTMLElement) || event.target.closest('a')) return
                  if (event.ctrlKey || event.metaKey) window.open(`/console/demarches/${line.id}`, '_blank', 'noopener')
                  else void navigate({ to: `/demarches/${line.id}` })
                }}
              >
                <td>
                  <span className={classes.name}>
                    <Icon size={17} stroke={STROKE} aria-hidden />
                    <span><span className={classes.first}><Link to={`/demarches/${line.id}`}>{line.titre}</Link><Urgent line={line} /><Family line={line} /></span><span className={classes.soft}><References>{`${line.client_nom} · ${line.reference}`}</References></span></span>
                  </span>
                </td>
                <td><StatusBadge objet={line.phase === 'demande' ? 'demande' : 'demarche'} cle={line.statut} court perso={ownStatus(line)} /></td>
                <td><span className={classes.turn}>{turnOf(line, moi)}</span></td>
                <td className={classes.wide}>
                  <span className={classes.progress} title={line.etape_titre ?? undefined}>
                    <ProgressBar part={line.progression / 100} nom={`Avancement de ${line.titre}`} />
                  </span>
                </td>
                <td data-fin data-retard={dueLate(line) || undefined}>{line.due_at && !line.closed_at ? (Math.abs(daysUntil(line.due_at, nowOf(line))) < 300 ? dayMonth(line.due_at) : shortDate(line.due_at)) : ''}</td>
                <td data-fin className={classes.soft}>{ago(line.updated_at, nowOf(line))}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** Whose child it is, or how many it opened: each leads there. */
function Family({ line }: { line: DemarcheLine }) {
  return (
    <>
      {line.parent_id && (
        <Link to={`/demarches/${line.parent_id}`} className={classes.family} title="Ouvrir la démarche principale">
          <IconCornerDownRight size={13} stroke={STROKE} aria-hidden /><span className="el-hors-vue">Sous-démarche de </span>{line.parent_reference ?? 'Démarche principale'}
        </Link>
      )}
      {line.enfants > 0 && <Link to="/demarches" search={{ parent: line.id, etat: 'toutes' } as never} className={classes.family}>{count(line.enfants, 'sous-démarche')}</Link>}
    </>
  )
}

function Cards({ items }: { items: DemarcheLine[] }) {
  const moi = useMyName()
  return (
    <ul>
      {items.map((line) => (
        <li key={line.id}>
          <Link to={`/demarches/${line.id}`} className={classes.card}>
            <span className={classes.cardTop}><strong><Urgent line={line} />{line.titre}</strong><StatusBadge objet={line.phase === 'demande' ? 'demande' : 'demarche'} cle={line.statut} court perso={ownStatus(line)} /></span>
            <span className={classes.soft}>
              <References>{`${line.client_nom} · ${line.reference}${line.parent_reference ? ` · sous-démarche de ${line.parent_reference}` : ''}`}</References>
              {line.enfants > 0 && ` · ${count(line.enfants, 'sous-démarche')}`}
            </span>
            <span className={classes.cardFoot}>{turnOf(line, moi)}{line.due_at && !line.closed_at && <span data-retard={dueLate(line) || undefined}>{dayMonth(line.due_at)}</span>}</span>
            <ProgressBar part={line.progression / 100} nom={`Avancement de ${line.titre}`} />
          </Link>
        </li>
      ))}
    </ul>
  )
}
