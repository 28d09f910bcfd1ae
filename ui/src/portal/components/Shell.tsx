import {
  IconArrowLeft, IconBell, IconClipboardList, IconDots, IconFolder, IconHelpCircle, IconHistory, IconHome, IconPhone, IconRoute,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps, useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useId, useRef, useState } from 'react'
import { cabinetQuery, notificationsQuery } from '@shared/api/queries'
import type { Cabinet } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { Email } from '@shared/components/Email'
import { Logo } from '@shared/components/Logo'
import { phone } from '@shared/format'
import { STROKE } from '@shared/icons'
import { bellOf } from '@shared/notifications/bellOf'
import { fetched } from '@shared/router/lazy'
import classes from './Shell.module.css'

const BellList = lazy(fetched(() => import('./BellList')))

const nav = [
  { to: '/', libelle: 'Accueil', court: 'Accueil', icone: IconHome, exact: true, pied: true },
  { to: '/demarches', libelle: 'Mes démarches', court: 'Démarches', icone: IconRoute, exact: false, pied: true },
  { to: '/documents', libelle: 'Mes documents', court: 'Documents', icone: IconFolder, exact: false, pied: true },
  { to: '/demandes', libelle: 'Mes demandes', court: 'Demandes', icone: IconClipboardList, exact: false, pied: true },
  { to: '/historique', libelle: 'Mon historique', court: 'Historique', icone: IconHistory, exact: false, pied: false },
  { to: '/contact', libelle: 'Contact', court: 'Contact', icone: IconHelpCircle, exact: false, pied: false },
] as const

interface Props {
  /** Things that await, shown as counters. */
  compteurs?: Partial<Record<'/' | '/demandes', number>>
  /** The page brings its own fixed foot on a phone. */
  sansPied?: boolean
  children: ReactNode
}

/** Frame of the portal: side menu on a desktop, fixed foot of five tabs on a phone. */
export function Shell({ compteurs = {}, sansPied = false, children }: Props) {
  const { data: cabinet } = useQuery(cabinetQuery)
  return (
    <div className={classes.shell}>
      <a href="#contenu" className="el-evitement">Aller au contenu</a>
      <header className={classes.side}>
        <Link to="/" className={classes.brand} aria-label="eLaska, accueil"><Logo /></Link>
        <nav aria-label="Menu principal">
          <ul>
            {nav.map(({ to, libelle, icone: Icon, exact }) => (
              <li key={to}>
                <Link to={to} className={classes.item} activeOptions={{ exact }}>
                  <Icon size={22} stroke={STROKE} aria-hidden />
                  <span>{libelle}</span>
                  <Counter n={to === '/' || to === '/demandes' ? compteurs[to] : undefined} />
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        {cabinet && <CabinetCard cabinet={cabinet} />}
      </header>
      <main id="contenu" tabIndex={-1} className={classes.main}>{children}</main>
      {!sansPied && <nav aria-label="Menu" className={classes.foot}>
        <ul>
          {nav.filter(({ pied }) => pied).map(({ to, court, icone: Icon, exact }) => (
            <li key={to}>
              <Link to={to} className={classes.tab} activeOptions={{ exact }}>
                <span className={classes.tabIcon}>
                  <Icon size={24} stroke={STROKE} aria-hidden />
                  <Counter n={to === '/' || to === '/demandes' ? compteurs[to] : undefined} />
                </span>
                {court}
              </Link>
            </li>
          ))}
          <li>
            <Link to="/plus" className={classes.tab}>
              <span className={classes.tabIcon}><IconDots size={24} stroke={STROKE} aria-hidden /></span>
              Plus
            </Link>
          </li>
        </ul>
      </nav>}
    </div>
  )
}

function Counter({ n }: { n: number | undefined }) {
  return n ? <span className={classes.counter}>{n}<span className="el-hors-vue"> en attente</span></span> : null
}

/** Address, phone and mail of the firm. */
export function CabinetCard({ cabinet }: { cabinet: Cabinet }) {
  return (
    <address className={classes.cabinet}>
      <strong>{cabinet.nom}</strong>
      {cabinet.adresse && <span className={classes.address}>{cabinet.adresse}</span>}
      {cabinet.telephone && (
        <a href={`tel:${cabinet.telephone.replace(/\s/g, '')}`}>
          <IconPhone size={18} stroke={STROKE} aria-hidden />{phone(cabinet.telephone)}
        </a>
      )}
      {cabinet.email && <a href={`mailto:${cabinet.email}`}><span><Email adresse={cabinet.email} /></span></a>}
    </address>
  )
}

/** The firm's details at the end of a page, on a phone; the side menu has them on a desktop. */
export function CabinetFoot() {
  const { data } = useQuery(cabinetQuery)
  return data ? <div className={classes.cabinetFoot}><CabinetCard cabinet={data} /></div> : null
}

/** Widest that the panel under the bell is, in pixels. */
const PANEL = 420

/** Bell with the number of unread notifications; the last of them under it, their history further (NOT-02, NOT-08). */
export function Bell({ clair = false }: { clair?: boolean }) {
  const { data } = useQuery(notificationsQuery())
  const nonLues = data?.non_lues ?? 0
  const navigate = useNavigate()
  const id = useId()
  const bell = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const [top, setTop] = useState(0)
  const [right, setRight] = useState(0)
  return (
    <>
      <button
        type="button"
        ref={bell}
        className={classes.bell}
        data-clair={clair || undefined}
        popoverTarget={id}
        // A browser that knows no popover shows them on their page.
        onClick={() => { if (!('popover' in HTMLElement.prototype)) void navigate({ to: '/notifications' }) }}
        aria-haspopup="dialog"
        aria-label={bellOf(nonLues).nom}
      >
        <IconBell size={24} stroke={STROKE} aria-hidden />
        {nonLues > 0 && <span className={classes.bellCount} aria-hidden>{bellOf(nonLues).nombre}</span>}
      </button>
      <div
        id={id}
        ref={panel}
        popover="auto"
        role="dialog"
        aria-label="Notifications"
        className={classes.bellPanel}
        style={{ top, right }}
        onBeforeToggle={() => {
          const place = bell.current?.getBoundingClientRect()
          if (!place) return
          setTop(place.bottom + 8)
          const wide = document.documentElement.clientWidth
          setRight(Math.min(Math.max(12, wide - place.right), Math.max(12, wide - 12 - PANEL)))
        }}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {open && <Suspense><BellList onClose={() => panel.current?.hidePopover()} /></Suspense>}
      </div>
    </>
  )
}

export function ProfileLink({ nom, initiales, clair = false }: { nom: string; initiales: string; clair?: boolean }) {
  return (
    <Link to="/profil" className={classes.profile} >
      <Avatar nom={nom} initiales={initiales} taille={44} clair={clair} />
      <span className="el-hors-vue">Mon profil, {nom}</span>
    </Link>
  )
}

interface TopBarProps {
  titre: string
  retour?: LinkProps & { libelle: string }
  droite?: ReactNode
}

/** Head of an inner page: back, title, bell. */
export function TopBar({ titre, retour, droite }: TopBarProps) {
  const { libelle, ...link } = retour ?? { libelle: '' }
  return (
    <div className={classes.top}>
      {retour ? (
        <Link {...link} className={classes.back} aria-label={`Retour : ${libelle}`}>
          <IconArrowLeft size={24} stroke={STROKE} aria-hidden />
          <span>{libelle}</span>
        </Link>
      ) : <span className={classes.backSpace} />}
      <p className={classes.topTitle} aria-hidden={Boolean(retour)}>{titre}</p>
      <div className={classes.topRight}>{droite}</div>
    </div>
  )
}
