import { duration, NBSP } from '@shared/format'

const DAY = 86_400

/** « 4,5 j »: a stay, in days as soon as it lasts one. */
export const sejour = (seconds: number): string =>
  seconds < DAY ? duration(seconds) : `${(seconds / DAY).toLocaleString('fr-FR', { maximumFractionDigits: 1 })}${NBSP}j`
