import type { ReactNode } from 'react'
import classes from './Chips.module.css'

export interface ChipOption {
  cle: string
  libelle: string
  n?: number | undefined
}

interface Props {
  nom: string
  options: ChipOption[]
  valeur: string
  onChange: (cle: string) => void
  children?: ReactNode
  /** In a dialog: takes the focus when it opens. */
  premier?: boolean
}

/** Row of exclusive choices, the chosen one inked. */
export function Chips({ nom, options, valeur, onChange, children, premier = false }: Props) {
  return (
    <div className={classes.row} role="group" aria-label={nom}>
      {options.map(({ cle, libelle, n }, index) => (
        <button key={cle} type="button" className={classes.chip} aria-pressed={cle === valeur} data-autofocus={(premier && index === 0) || undefined} onClick={() => onChange(cle)}>
          {libelle}{n !== undefined && <span className={classes.n}>{n}</span>}
        </button>
      ))}
      {children}
    </div>
  )
}
