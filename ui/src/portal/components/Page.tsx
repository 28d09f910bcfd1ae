import { type ReactNode, useEffect } from 'react'
import classes from './Page.module.css'

interface Props {
  /** Title of the document and, unless `sansTitre`, of the page. */
  titre: string
  chapeau?: ReactNode
  /** Bar above the page. */
  barre?: ReactNode
  /** Right column on a desktop, after the content on a phone. */
  droite?: ReactNode
  etroite?: boolean
  sansTitre?: boolean
  /** Above both columns: header and tabs of an object. */
  entete?: ReactNode
  children: ReactNode
}

/** Inner page of the portal: bar, title, content, right column. */
export function Page({ titre, chapeau, barre, droite, etroite = false, sansTitre = false, entete, children }: Props) {
  useEffect(() => {
    document.title = `${titre} · eLaska`
  }, [titre])
  return (
    <>
      {barre}
      <div className={classes.page} data-etroite={etroite || undefined}>
        {!sansTitre && (
          <div className={classes.head}>
            <h1>{titre}</h1>
            {chapeau && <p className={classes.lead}>{chapeau}</p>}
          </div>
        )}
        {entete && <div className={classes.top}>{entete}</div>}
        <div className={classes.columns} data-double={droite ? true : undefined}>
          <div className={classes.content}>{children}</div>
          {droite && <aside className={classes.content}>{droite}</aside>}
        </div>
      </div>
    </>
  )
}
