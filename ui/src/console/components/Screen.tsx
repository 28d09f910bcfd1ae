import type { ReactNode } from 'react'
import { Bell } from './Bell'
import classes from './Screen.module.css'
import { type Crumb, TopBar } from './Shell'
import { useWorkspace } from './Workspace'

interface Props {
  fil: Crumb[]
  children: ReactNode
  /** No padding: the screen brings its own columns. */
  pleine?: boolean
}

/** A screen of the console: top bar and content. */
export function Screen({ fil, children, pleine = false }: Props) {
  const { openPalette, direct } = useWorkspace()
  return (
    <>
      <TopBar fil={fil} onSearch={openPalette}>
        {!direct && <span className={classes.offline} role="status" title="Les changements des autres n’apparaissent plus d’eux-mêmes.">Reconnexion…</span>}
        <Bell />
      </TopBar>
      <main id="contenu" tabIndex={-1} className={classes.main} data-pleine={pleine || undefined}>{children}</main>
    </>
  )
}

interface HeadProps {
  titre: string
  sousTitre?: ReactNode
  children?: ReactNode
}

/** Title of a screen, with its actions on the right. */
export function ScreenHead({ titre, sousTitre, children }: HeadProps) {
  return (
    <div className={classes.head}>
      <div>
        <h1>{titre}</h1>
        {sousTitre && <p className={classes.sub}>{sousTitre}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  )
}
