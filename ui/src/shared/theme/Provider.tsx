import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Application, cssVariables, makeTheme } from './theme'

/** Theme of one of the two applications, light by default; the choice of dark is kept in the browser (UX-11). */
export function ThemeProvider({ application, children }: { application: Application; children: ReactNode }) {
  return (
    <MantineProvider theme={themes[application]} cssVariablesResolver={cssVariables} defaultColorScheme="light">
      {children}
    </MantineProvider>
  )
}

const themes = { portail: makeTheme('portail'), console: makeTheme('console') }
