import classes from './Hero.module.css'

/** Mountains and sun behind the greeting; decoration only. */
export function Mountains() {
  return (
    <svg className={classes.mountains} viewBox="0 0 640 170" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">
      <circle cx="446" cy="52" r="17" fill="#f6a81c" />
      <path d="M40 170 150 112l60 26 66-42 76-64 64 52 54-26 66 40 64-22v94z" fill="#1f5ea8" opacity=".8" />
      <path d="m318 64 34-32 34 30-16 8-18-10-14 12z" fill="#dfe7f1" />
      <path d="m224 128 32-22 20-2-24-8z" fill="#c9d7e8" opacity=".9" />
      <path d="m0 170 130-18 120 8 130-26 130 18 130-14v32z" fill="#4e86c4" opacity=".75" />
    </svg>
  )
}
