import './styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from '@shared/api/query'
import { ThemeProvider } from '@shared/theme/Provider'
import { makeRouter } from './router'

const queryClient = makeQueryClient()
const router = makeRouter(queryClient)

const root = document.getElementById('racine')
if (!root) throw new Error('index.html has no #racine')
createRoot(root).render(
  <StrictMode>
    <ThemeProvider application="portail">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>
  </StrictMode>,
)
