import { useEffect, useRef } from 'react'

/**
 * Once a dialog is closed, gives the focus back to what had it before. Mantine does so only for a dialog that was first
 * drawn closed: those that come when they are asked for are drawn open.
 */
export function useFocusBack(opened: boolean): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    if (!opened) return
    clearTimeout(timer.current)
    const before = opener()
    return () => {
      const closing = document.activeElement
      timer.current = setTimeout(() => {
        const now = document.activeElement
        // Unless someone went elsewhere meanwhile.
        if (before instanceof HTMLElement && (now === document.body || now === closing)) before.focus({ preventScroll: true })
      }, 10)
    }
  }, [opened])
}

const menuOf = (element: Element | null): Element | null => element?.closest('[role="menu"]') ?? null

/** What had the focus last: a menu may be gone, with its item, before its window is there. */
let last: Element | null = null
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof Element) last = target
})

/** What has the focus; for an item of a menu, which goes away, the button of this menu. */
function opener(): Element | null {
  // On the page itself, only a menu may have had it: a button used long before would answer the next Enter.
  const active = document.activeElement !== document.body ? document.activeElement : menuOf(last) && last
  const button = menuOf(active)?.getAttribute('aria-labelledby')
  return button ? document.getElementById(button) : active
}
