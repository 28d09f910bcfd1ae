import type { Icon } from '@tabler/icons-react'
import { STROKE } from '@shared/icons'
import type { Ton } from '@shared/statuses'
import classes from './IconTile.module.css'

/** Rounded square that carries an icon; its tone says the meaning. */
export function IconTile({ icone: Glyph, ton = 'cabinet', taille = 48 }: { icone: Icon; ton?: Ton; taille?: number }) {
  return (
    <span className={classes.tile} data-ton={ton} style={{ width: taille, height: taille }} aria-hidden="true">
      <Glyph size={taille * 0.5} stroke={STROKE} />
    </span>
  )
}
