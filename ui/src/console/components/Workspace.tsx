import { createContext, useContext } from 'react'

/** What the frame offers to every screen. */
export interface Workspace {
  openPalette: () => void
  openHelp: () => void
  /** Live updates are connected. */
  direct: boolean
}

const WorkspaceContext = createContext<Workspace | null>(null)

export const WorkspaceProvider = WorkspaceContext.Provider

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (!workspace) throw new Error('useWorkspace outside of the frame')
  return workspace
}
