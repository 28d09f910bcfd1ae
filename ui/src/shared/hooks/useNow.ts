import { createContext, useContext } from 'react'
import type { Instant } from '../format'

const Now = createContext<Instant | null>(null)

/** Around the screen of a démarche: what its own clock shows, when it was moved (demo and tests). */
export const NowProvider = Now.Provider

/** The instant that moments on this screen are told from. */
export const useNow = (): Instant => useContext(Now) ?? Date.now()
