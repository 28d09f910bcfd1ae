import classes from './Logo.module.css'

/** Mark and name; `clair` on dark blue. */
export function Logo({ clair = false, sansNom = false }: { clair?: boolean; sansNom?: boolean }) {
  return (
    <span className={classes.logo} data-clair={clair || undefined}>
      <svg viewBox="0 0 30 22" aria-hidden="true">
        <path className={classes.back} d="m14 22 6.5-12L27 22z" />
        <path className={classes.front} d="M0 22 10 3l10 19z" />
        <circle className={classes.sun} cx="22.5" cy="4" r="3" />
      </svg>
      {sansNom ? <span className="el-hors-vue">eLaska</span> : <span>eLaska</span>}
    </span>
  )
}
