import classes from './KeyCap.module.css'

/** A key of the keyboard, shown next to the action it triggers. */
export function KeyCap({ children, clair = false }: { children: string; clair?: boolean }) {
  return (
    <kbd className={classes.key} data-clair={clair || undefined}>
      {children}
    </kbd>
  )
}
