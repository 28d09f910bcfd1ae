import type { ReactNode } from 'react'
import classes from './Card.module.css'

interface Props {
  children: ReactNode
  /** `attente`: warm ground and deeper shadow of what awaits the reader; the only card allowed it. */
  variante?: 'simple' | 'attente'
  /** No inner padding: the content brings its own rows. */
  nue?: boolean
  className?: string
  /** Name of a card that scrolls by itself: it is then reached by the keyboard. */
  defile?: string
}

/** Surface that groups what belongs together (UX-03). */
export function Card({ children, variante = 'simple', nue = false, className, defile }: Props) {
  return (
    <div className={[classes.card, className].filter(Boolean).join(' ')} data-variante={variante} data-nue={nue || undefined} {...(defile && { role: 'group', 'aria-label': defile, tabIndex: 0 })}>
      {children}
    </div>
  )
}

interface SectionProps {
  titre: string
  /** Right of the title: counter, link, delay. */
  aside?: ReactNode
  children: ReactNode
  id?: string
}

/** A titled section of a page. */
export function Section({ titre, aside, children, id }: SectionProps) {
  return (
    <section className={classes.section} id={id}>
      <div className={classes.head}>
        <h2>{titre}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
