import { QueryClientProvider } from '@tanstack/react-query'
import { type AnyRouter, RouterProvider } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { StrictMode, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './api/query'
import { readable, settled } from './router/first'
import { applyScheme, ThemeProvider } from './theme/Provider'
import type { Application } from './theme/theme'

/**
 * Draws an application into its page, once the code and the first data of its screen are there: drawn in one go, nothing moves
 * afterwards. As a transition, so that a slow phone answers a finger meanwhile.
 */
export async function start(application: Application, makeRouter: (queryClient: QueryClient) => AnyRouter): Promise<void> {
  applyScheme()
  const queryClient = makeQueryClient()
  const root = document.getElementById('racine')
  if (!root) throw new Error('the page has no #racine')
  const router = makeRouter(queryClient)
  await readable(router.load().then(() => settled(queryClient)))
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <ThemeProvider application={application}>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </ThemeProvider>
      </StrictMode>,
    ),
  )
}
