const NBSP = '\u00a0'

/** French spacing of a text written elsewhere: « », : ; ? ! never begin or end a line alone. */
export const typo = (text: string): string =>
  text.replace(/« /g, `«${NBSP}`).replace(/ »/g, `${NBSP}»`).replace(/ ([:;?!])(?=\s|$)/g, `${NBSP}$1`)
