import {
  IconChartBar, IconChevronRight, IconFileCheck, IconInbox, IconRoute, IconSearch, IconSettings, IconShieldLock, IconTemplate, IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode, useEffect } from 'react'
import { Avatar } from '@shared/components/Avatar'
import { KeyCap } from '@shared/components/KeyCap'
import { Logo } from '@shared/components/Logo'
import { STROKE } from '@shared/icons'
import classes from './Shell.module.css'

interface NavItem {
  to: string
  libelle: string
  icone: typeof IconInbox
  /** Counter, or a dot on the rail. */
  n?: number | undefined
}

interface Props {
  nom: string
  initiales: string
  photo?: string | null | undefined
  role: string
  compteurs?: { aTraiter?: number; pieces?: number; demandes?: number }
  /** The first screen of settings open to this person. */
  reglages?: string | undefined
  /** Shows the access log. */
  journal?: boolean
  /** Rail of icons, on work screens; always so under 1100 px. */
  replie?: boolean
  /** Bar above the page; see TopBar. */
  children: ReactNode
}

/** Frame of the console: sidebar (or rail) and page. */
export function Shell({ nom, initiales, photo, role, reglages, journal = false, compteurs = {}, replie = false, children }: Props) {
  const main: NavItem[] = [
    { to: '/', libelle: 'À traiter', icone: IconInbox, n: compteurs.aTraiter },
    { to: '/demarches', libelle: 'Démarches', icone: IconRoute, n: compteurs.demandes },
    { to: '/pieces', libelle: 'Pièces', icone: IconFileCheck, n: compteurs.pieces },
    { to: '/clients', libelle: 'Clients et tiers', icone: IconUsers },
    { to: '/tableaux', libelle: 'Tableaux de bord', icone: IconChartBar },
  ]
  const firm: NavItem[] = [
    { to: '/modeles', libelle: 'Modèles', icone: IconTemplate },
    ...(journal ? [{ to: '/journal-des-acces', libelle: 'Journal des accès', icone: IconShieldLock }] : []),
    ...(reglages ? [{ to: reglages, libelle: 'Paramètres', icone: IconSettings }] : []),
  ]
  return (
    <div className={classes.shell} data-replie={replie || undefined}>
      <a href="#contenu" className="el-evitement">Aller au contenu</a>
      <nav aria-label="Menu principal" className={classes.side}>
        <Link to="/" className={classes.brand} aria-label="eLaska, à traiter">
          <span className={classes.full}><Logo /></span>
          <span className={classes.rail}><Logo sansNom /></span>
        </Link>
        <div className={classes.nav}>
          <NavList items={main} />
          <p className={classes.group}>Cabinet</p>
          <NavList items={firm} />
        </div>
        <Link to="/profil" className={classes.me}>
          <span className="el-hors-vue">Mon profil : </span>
          <Avatar nom={nom} initiales={initiales} photo={photo} taille={30} />
          <span className={classes.meText}>
            <strong>{nom}</strong>
            <span>{role}</span>
          </span>
        </Link>
      </nav>
      <div className={classes.body}>{children}</div>
    </div>
  )
}

function NavList({ items }: { items: NavItem[] }) {
  return (
    <ul>
      {items.map(({ to, libelle, icone: Icon, n }) => (
        <li key={to}>
          <Link to={to} className={classes.item} title={libelle} activeOptions={{ exact: to === '/', includeSearch: false }}>
            <span className={classes.itemIcon} data-point={n ? true : undefined}><Icon size={18} stroke={STROKE} aria-hidden /></span>
            <span className={classes.itemText}>{libelle}</span>
            {n ? <span className={classes.count}>{n > 999 ? '999+' : n}<span className="el-hors-vue"> en attente</span></span> : null}
          </Link>
        </li>
      ))}
    </ul>
  )
}

export interface Crumb {
  libelle: string
  to?: string
}

interface TopBarProps {
  fil: Crumb[]
  onSearch?: () => void
  /** After the search: the bell. */
  children?: ReactNode
}

/** Breadcrumb, search, bell. The last crumb names the document. */
export function TopBar({ fil, onSearch, children }: TopBarProps) {
  const last = fil.at(-1)?.libelle
  useEffect(() => {
    if (last) document.title = `${last} · eLaska`
  }, [last])
  return (
    <div className={classes.top}>
      <nav aria-label="Fil d’Ariane" className={classes.crumbs}>
        {fil.map(({ libelle, to }, index) => (
          <Fragment key={libelle}>
            {index > 0 && <IconChevronRight size={14} stroke={STROKE} aria-hidden />}
            {to ? <Link to={to}>{libelle}</Link> : <span aria-current="page">{libelle}</span>}
          </Fragment>
        ))}
      </nav>
      <div className={classes.tools}>
        {onSearch && (
          <button type="button" className={classes.search} onClick={onSearch} aria-keyshortcuts="Control+K">
            <IconSearch size={17} stroke={STROKE} aria-hidden />
            <span>Rechercher ou lancer…</span>
            <KeyCap>Ctrl K</KeyCap>
          </button>
        )}
        {children}
      </div>
    </div>
  )
}
