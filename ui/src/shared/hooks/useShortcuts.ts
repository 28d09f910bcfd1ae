import { useEffect, useRef } from 'react'

/** Keys → actions. `mod+k` is Ctrl or Cmd; a plain key never fires inside a text field or with a modifier. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => void>

const STORAGE = 'elaska.raccourcis'

/** Single-key shortcuts can be switched off (WCAG 2.1.4). */
export const shortcutsEnabled = (): boolean => localStorage.getItem(STORAGE) !== 'non'

export function enableShortcuts(enabled: boolean): void {
  localStorage.setItem(STORAGE, enabled ? 'oui' : 'non')
}

function inTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  if (target.closest('[role="dialog"], [role="listbox"], [role="menu"]')) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
}

const nameOf = (event: KeyboardEvent): string => {
  const key = event.key === ' ' ? 'espace' : event.key.toLowerCase()
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key
}

/** Installs keyboard shortcuts while the component is mounted. */
export function useShortcuts(shortcuts: Shortcuts, active = true): void {
  const current = useRef(shortcuts)
  useEffect(() => {
    current.current = shortcuts
  })
  useEffect(() => {
    if (!active) return
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return
      const name = nameOf(event)
      const action = current.current[name]
      if (!action) return
      const withModifier = name.startsWith('mod+')
      if (!withModifier && (inTextField(event.target) || !shortcutsEnabled())) return
      // Enter and space on a focused control keep their own meaning.
      if ((name === 'enter' || name === 'espace') && event.target instanceof HTMLElement && event.target.closest('a, button, input')) return
      event.preventDefault()
      action(event)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [active])
}
