import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'

interface Props {
  /** Something would be lost. Asked once the field being written has been left. */
  retenu: () => boolean
  /** What would be. */
  children: ReactNode
}

/** The field being written is written when it is left: leaving the page leaves it first. */
const leaveField = (): void => {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}

/** Nothing that was typed is lost by going elsewhere, going back or closing the tab: the page asks first. */
export function Depart({ retenu, children }: Props) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => {
      if (current.pathname === next.pathname) return false
      leaveField()
      return retenu()
    },
    enableBeforeUnload: false,
    withResolver: true,
  })
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      leaveField()
      if (retenu()) event.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [retenu])
  return (
    <ConfirmDialog ouvert={status === 'blocked'} onClose={() => reset?.()} titre="Quitter cette page ?" action="Quitter sans garder" danger onConfirm={() => Promise.resolve(proceed?.())}>
      {children}
    </ConfirmDialog>
  )
}
