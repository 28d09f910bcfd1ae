import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconChevronDown, IconFlag, IconPlus } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { travailQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import type { Work, WorkItem } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { KeyCap } from '@shared/components/KeyCap'
import { SideDialog } from '@shared/components/SideDialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { TurnPill } from '@shared/components/TurnPill'
import { ago, capital, count, fullDate, NBSP, relativeDay, thousands } from '@shared/format'
import { useShortcuts } from '@shared/hooks/useShortcuts'
import { STROKE } from '@shared/icons'
import type { Tour } from '@shared/statuses'
import { Chips } from '../components/Chips'
import { Screen, ScreenHead } from '../components/Screen'
import { useWorkspace } from '../components/Workspace'
import { Activite } from './Activite'
import { Counters } from './Counters'
import { Peek } from './Peek'
import { ReporterDialog } from './ReporterDialog'
import { EcrireDialog } from './EcrireDialog'
import { useFinish } from './useFinish'
import classes from './QueuePage.module.css'
import { dueByMe, type GroupKey, keyOf, kindIcons, kindNames, placeOf, whenOf } from './work'

type Portee = 'moi' | 'equipe' | 'toutes'

const scopes: { cle: Portee; libelle: string }[] = [
  { cle: 'moi', libelle: 'Pour moi' },
  { cle: 'equipe', libelle: 'Mon équipe' },
  { cle: 'toutes', libelle: 'Toutes les démarches' },
]

/** « À traiter »: what waits, for whom, since when (DOS-04, TCH-15). */
export function QueuePage() {
  const moi = useMoi()
  const search = useSearch({ strict: false }) as { portee?: string; tour?: string }
  const portee: Portee = search.portee === 'equipe' || search.portee === 'toutes' ? search.portee : 'moi'
  const tour = (['cabinet', 'client', 'tiers'] as const).find((each) => each === search.tour)
  const navigate = useNavigate()
  const { openHelp } = useWorkspace()
  const work = useQuery(travailQuery(portee))
  const wide = useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false })

  const [folded, setFolded] = useState<ReadonlySet<GroupKey>>(new Set())
  const [chosen, setChosen] = useState<string | null>(null)
  const [drawer, setDrawer] = useState(false)
  const [reporting, setReporting] = useState<WorkItem | null>(null)
  const [writing, setWriting] = useState<WorkItem | null>(null)

  const groups = useMemo(
    () =>
      (work.data?.groupes ?? [])
        .map((group) => {
          const items = tour ? group.items.filter((item) => item.side === tour) : group.items
          return tour ? { ...group, items, total: items.length, au_moins: false } : group
        })
        .filter((group) => group.items.length > 0),
    [work.data, tour],
  )
  const rows = useMemo(() => groups.flatMap((group) => (folded.has(group.cle) ? [] : group.items)), [groups, folded])
  const index = rows.findIndex((item) => keyOf(item) === chosen)
  const selected = index >= 0 ? rows[index] : undefined

  // What was selected may be done by now: keep the same place in the list.
  const lastIndex = useRef(0)
  useEffect(() => {
    if (index >= 0) lastIndex.current = index
    else if (rows.length > 0 && wide) {
      const next = rows[Math.min(lastIndex.current, rows.length - 1)]
      if (next) setChosen(keyOf(next))
    }
  }, [index, rows, wide])

  const finish = useFinish(portee)
  const select = (item: WorkItem | undefined): void => {
    if (!item) return
    setChosen(keyOf(item))
    document.getElementById(rowId(item))?.scrollIntoView({ block: 'nearest' })
  }
  const open = (item: WorkItem): void => void navigate({ to: placeOf(item).split('?')[0] ?? '/', search: Object.fromEntries(new URLSearchParams(placeOf(item).split('?')[1])) as never })
  const remind = (item: WorkItem): void => {
    if (item.kind === 'tache' && item.side === 'cabinet') setReporting(item)
    else if (item.side !== 'cabinet') setWriting(item)
  }

  useShortcuts({
    j: () => select(rows[index + 1] ?? rows[0]),
    k: () => select(rows[index - 1] ?? rows.at(-1)),
    arrowdown: () => select(rows[index + 1]),
    arrowup: () => select(rows[index - 1]),
    enter: () => selected && open(selected),
    e: () => selected && void finish(selected),
    r: () => selected && remind(selected),
    p: () => void navigate({ to: '/pieces' }),
  })

  const filter = (next: Record<string, string | undefined>): void =>
    void navigate({ to: '/', search: Object.fromEntries(Object.entries({ portee, tour, ...next }).filter(([, value]) => value && value !== 'moi')) as never, replace: true })

  const data = work.data
  const due = data ? dueByMe(data) : 0
  const peek = selected && (
    <Peek key={keyOf(selected)} item={selected} onFinish={() => void finish(selected)} onReport={() => setReporting(selected)} onWrite={() => setWriting(selected)} onOpen={() => open(selected)} />
  )
  return (
    <Screen fil={[{ libelle: 'À traiter' }]} pleine>
      <div className={classes.columns}>
        <div className={classes.list}>
          <ScreenHead titre={data ? greeting(moi.prenom, portee, due, data.groupes.some((group) => group.au_moins)) : `Bonjour ${moi.prenom}`} sousTitre={data ? summary(data) : fullDate(Date.now())}>
            {may(moi, 'demarche.ouvrir') && <Button variant="default" component={Link} to="/nouvelle" leftSection={<IconPlus size={17} stroke={STROKE} />} rightSection={<KeyCap>N</KeyCap>}>
              Nouvelle démarche
            </Button>}
          </ScreenHead>
          <Activite work={data} portee={portee} />
          <Counters compteurs={data?.compteurs} tour={tour} onTour={(next) => filter({ tour: next })} portee={portee} />
          <div className={classes.bar}>
            <Chips nom="Portée" options={scopes} valeur={portee} onChange={(next) => filter({ portee: next })} />
            {tour && <button type="button" className={classes.clear} onClick={() => filter({ tour: undefined })}>Tout afficher</button>}
          </div>
          {work.isError && !data ? (
            <Card><ErrorState error={work.error} onRetry={() => void work.refetch()} /></Card>
          ) : !data ? (
            <Card nue><SkeletonRows lignes={9} hauteur={47} /></Card>
          ) : groups.length === 0 ? (
            <Card><Empty data={data} filtered={Boolean(tour)} /></Card>
          ) : (
            <Card nue>
              {groups.map((group) => (
                <Group
                  key={group.cle}
                  group={group}
                  folded={folded.has(group.cle)}
                  onFold={() =>
                    setFolded((before) => {
                      const next = new Set(before)
                      if (!next.delete(group.cle)) next.add(group.cle)
                      return next
                    })
                  }
                  chosen={chosen}
                  moi={moi.id}
                  onSelect={(item) => {
                    if (keyOf(item) === chosen && wide) open(item)
                    setChosen(keyOf(item))
                    if (!wide) setDrawer(true)
                  }}
                />
              ))}
            </Card>
          )}
        </div>
        {wide && (
          <aside className={classes.peek} aria-label="Détail de l’élément choisi">
            {peek ?? <div className={classes.noPeek}><EmptyState>Choisissez un élément de la liste, ou naviguez avec J et K.</EmptyState></div>}
            <button type="button" className={classes.keys} onClick={openHelp} title="Tous les raccourcis clavier">
              <KeyCap>J</KeyCap><KeyCap>K</KeyCap> naviguer
              <KeyCap>E</KeyCap> terminer
              <KeyCap>R</KeyCap> reporter
            </button>
          </aside>
        )}
      </div>
      {!wide && (
        <SideDialog opened={drawer && Boolean(selected)} onClose={() => setDrawer(false)} position="right" size={360} title="Détail" padding={0} classNames={{ header: classes.drawerHead ?? '' }}>
          {peek}
        </SideDialog>
      )}
      {reporting && <ReporterDialog item={reporting} onClose={() => setReporting(null)} />}
      {writing && <EcrireDialog item={writing} onClose={() => setWriting(null)} />}
    </Screen>
  )
}

const rowId = (item: WorkItem): string => `ligne-${keyOf(item).replace(/[^\w-]/g, '_')}`

function greeting(prenom: string, portee: Portee, due: number, auMoins: boolean): string {
  const items = auMoins ? `au moins ${thousands(due)}${NBSP}éléments` : count(due, 'élément')
  if (portee !== 'moi') return `${capital(items)} à traiter`
  if (due === 0) return `Bonjour ${prenom}, rien ne vous attend`
  return `Bonjour ${prenom}, ${items} ${due === 1 ? 'vous attend' : 'vous attendent'}`
}

/** « Lundi 23 novembre 2026 · 3 en retard, le plus ancien depuis 3 jours » */
function summary(data: Work): string {
  const late = data.groupes.find((group) => group.cle === 'retard')
  const today = fullDate(Date.now())
  if (!late || late.total === 0) return `${today} · aucun retard`
  const oldest = late.items.reduce<string | null>((least, { retard_at }) => (retard_at && (!least || retard_at < least) ? retard_at : least), null)
  return `${today} · ${late.au_moins ? `au moins ${thousands(late.total)}` : late.total} en retard${oldest ? `, le plus ancien ${ago(oldest).replace('il y a', 'depuis').replace('hier', 'depuis hier')}` : ''}`
}

/** Nothing left: one sentence that names what comes next. */
function Empty({ data, filtered }: { data: Work; filtered: boolean }) {
  if (filtered) return <EmptyState>Rien de ce côté pour l’instant.</EmptyState>
  const next = data.groupes.flatMap((group) => group.items).filter((item) => item.retard_at).sort((a, b) => (a.retard_at ?? '').localeCompare(b.retard_at ?? ''))[0]
  return (
    <EmptyState action={<Button variant="default" component={Link} to="/demarches">Voir les démarches</Button>}>
      Rien à traiter. {next?.retard_at ? `Prochaine échéance ${relativeDay(next.retard_at)} : ${next.label}.` : 'Vous êtes à jour.'}
    </EmptyState>
  )
}

interface GroupProps {
  group: Work['groupes'][number]
  folded: boolean
  onFold: () => void
  chosen: string | null
  moi: string
  onSelect: (item: WorkItem) => void
}

function Group({ group, folded, onFold, chosen, moi, onSelect }: GroupProps) {
  const hidden = group.total - group.items.length
  return (
    <section className={classes.group} data-cle={group.cle}>
      <div className={classes.groupHead}>
        <h2>
          <button type="button" aria-expanded={!folded} onClick={onFold}>
            <IconChevronDown size={15} stroke={2} aria-hidden />
            {group.libelle} <span className={classes.n}>{group.au_moins ? `${thousands(group.total)}${NBSP}et plus` : group.total}</span>
          </button>
        </h2>
        {group.cle === 'pieces' && (
          <Link to="/pieces" className={classes.groupAction}>Valider à la suite <KeyCap>P</KeyCap></Link>
        )}
      </div>
      {!folded && (
        <ul>
          {group.items.map((item) => (
            <Row key={keyOf(item)} item={item} group={group.cle} chosen={keyOf(item) === chosen} moi={moi} onSelect={() => onSelect(item)} />
          ))}
          {hidden > 0 && <li className={classes.more}><Link to="/demarches">{group.au_moins ? 'Les autres' : count(hidden, 'autre élément', 'autres éléments')} dans les démarches</Link></li>}
        </ul>
      )}
    </section>
  )
}

interface RowProps {
  item: WorkItem
  group: GroupKey
  chosen: boolean
  moi: string
  onSelect: () => void
}

function Row({ item, group, chosen, moi, onSelect }: RowProps) {
  const Icon = kindIcons[item.kind]
  const name = item.kind === 'validation' ? 'À valider' : item.user_id === moi ? 'Vous' : item.nom
  return (
    <li>
      <button type="button" id={rowId(item)} className={classes.row} aria-pressed={chosen} onClick={onSelect}>
        <Icon size={17} stroke={STROKE} className={classes.icon} aria-hidden />
        <span className={classes.text}>
          <span className={classes.label}>{item.kind === 'demande' && item.priorite === 'urgente' && <IconFlag size={14} stroke={STROKE} className={classes.urgent ?? ''} aria-label="Urgent" />}<span className="el-hors-vue">{kindNames[item.kind]} : </span>{item.label}</span>
          <span className={classes.where}>{item.titre} · {item.client_nom}</span>
        </span>
        <span className={classes.turn}><TurnPill tour={item.side as Tour} nom={name} clair={chosen} /></span>
        <span className={classes.when} data-retard={group === 'retard' || undefined}>{whenOf(item, group)}</span>
      </button>
    </li>
  )
}
