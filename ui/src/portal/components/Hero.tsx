import classes from './Hero.module.css'

/** Mountains and sun behind the greeting; decoration only. */
export function Mountains() {
  return (
    <svg className={classes.mountains} viewBox="0 0 640 170" aria-hidden="true">
      <circle cx="446" cy="48" r="17" fill="#f6a81c" />
      <path d="M40 170 150 112l60 26 66-42 76-64 64 52 54-26 66 40 104-34v106z" fill="#1f5ea8" opacity=".8" />
      <path d="m322 57 30-25 32 26-16 8-16-12-14 14z" fill="#dfe7f1" />
      <path d="m0 170 130-18 120 8 130-26 130 18 130-22v40z" fill="#4e86c4" opacity=".75" />
    </svg>
  )
}
