import type { ReactNode } from 'react'
import classes from './NotFoundPage.module.css'

/** An address that leads nowhere, with a way back. */
export function NotFoundPage({ retour }: { retour: ReactNode }) {
  return (
    <main className={classes.page}>
      <p className={classes.code} aria-hidden="true">404</p>
      <h1>Cette page n’existe pas</h1>
      <p>L’adresse a peut-être changé, ou ce qu’elle montrait n’est plus disponible.</p>
      {retour}
    </main>
  )
}
