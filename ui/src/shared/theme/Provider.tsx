import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Application, cssVariables, makeTheme } from './theme'

const DEFAULT = 'light'
const chosen = localStorageColorSchemeManager()

/** Called before anything is drawn: somebody who chose dark never sees the page in light first (UX-11). */
export function applyScheme(): void {
  const scheme = chosen.get(DEFAULT)
  const dark = scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
}

/** Theme of one of the two applications, light by default; the choice of dark is kept in the browser (UX-11). */
export function ThemeProvider({ application, children }: { application: Application; children: ReactNode }) {
  return (
    <MantineProvider theme={themes[application]} cssVariablesResolver={cssVariables} colorSchemeManager={chosen} defaultColorScheme={DEFAULT}>
      {children}
    </MantineProvider>
  )
}

const themes = { portail: makeTheme('portail'), console: makeTheme('console') }
