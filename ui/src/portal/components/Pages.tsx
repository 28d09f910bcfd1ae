import { Button } from '@mantine/core'
import classes from './Pages.module.css'

interface Props {
  page: number
  taille: number
  total: number
  onChange: (page: number) => void
}

/** « Précédentes », « Page 2 sur 5 », « Suivantes »; nothing when one page holds all. */
export function Pages({ page, taille, total, onChange }: Props) {
  if (total <= taille) return null
  return (
    <div className={classes.pages}>
      <Button variant="light" disabled={page === 1} onClick={() => onChange(page - 1)}>Précédentes</Button>
      <span>Page {page} sur {Math.ceil(total / taille)}</span>
      <Button variant="light" disabled={page * taille >= total} onClick={() => onChange(page + 1)}>Suivantes</Button>
    </div>
  )
}
