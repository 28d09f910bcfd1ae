import { QueryClientProvider } from '@tanstack/react-query'
import { type AnyRouter, RouterProvider } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './api/query'
import { ThemeProvider } from './theme/Provider'
import type { Application } from './theme/theme'

/** Draws an application into its page. */
export function start(application: Application, makeRouter: (queryClient: QueryClient) => AnyRouter): void {
  const queryClient = makeQueryClient()
  const root = document.getElementById('racine')
  if (!root) throw new Error('the page has no #racine')
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider application={application}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={makeRouter(queryClient)} />
        </QueryClientProvider>
      </ThemeProvider>
    </StrictMode>,
  )
}
