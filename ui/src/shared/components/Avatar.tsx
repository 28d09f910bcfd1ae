import { initials } from '../format'
import classes from './Avatar.module.css'

const tints = ['peche', 'sauge', 'ciel', 'lilas'] as const

/** The same person always gets the same tint. */
function tintOf(name: string): (typeof tints)[number] {
  let sum = 0
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return tints[sum % tints.length] ?? 'ciel'
}

interface Props {
  nom: string
  initiales?: string
  /** Address of their photo; their initials show until it is there. */
  photo?: string | null | undefined
  taille?: number
  /** On the hero: translucent white. */
  clair?: boolean
}

/** Photo or initials of a person; decorative, since the name is always written next to it. */
export function Avatar({ nom, initiales, photo, taille = 36, clair = false }: Props) {
  return (
    <span
      className={classes.avatar}
      data-teinte={clair ? 'clair' : tintOf(nom)}
      style={{ width: taille, height: taille, fontSize: Math.max(10, taille * 0.36) }}
      aria-hidden="true"
    >
      {initiales ?? initials(nom)}
      {photo && <img key={photo} src={photo} alt="" onError={(event) => { event.currentTarget.style.display = 'none' }} />}
    </span>
  )
}
