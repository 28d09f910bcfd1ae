import { Button } from '@mantine/core'
import type { components } from '@shared/api/schema'
import classes from './Reglages.module.css'

interface Props {
  variables: components['schemas']['VariableCourriel'][]
  onInsert: (nom: string) => void
}

/** What the text may read, put in where the cursor is. */
export function Variables({ variables, onInsert }: Props) {
  return (
    <details>
      <summary>Variables ({variables.length})</summary>
      <p className={classes.doux}>Un clic l’écrit où est le curseur. Celles de l’original viennent d’abord.</p>
      <ul className={classes.variables}>
        {[...variables].sort((a, b) => Number(b.original) - Number(a.original)).map((each) => (
          <li key={each.nom}>
            <Button variant="light" size="compact-xs" onClick={() => onInsert(each.nom)}>{each.nom}</Button>
            <span>{each.aide}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
