import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, call } from './http'

export type Role = 'conseiller' | 'responsable' | 'admin' | 'client' | 'participant'

export interface Moi {
  id: string
  nom: string
  prenom: string
  email: string
  role: Role
  initiales: string
  tiers: { id: string; nom: string; type: string }[]
  csrf: string
  /** The only démarche a participant may see. */
  demarche_id?: string | null
}

export const isStaff = (role: Role): boolean => role === 'conseiller' || role === 'responsable' || role === 'admin'

/** The person logged in, or null. */
export const moiQuery = queryOptions({
  queryKey: ['moi'],
  queryFn: async (): Promise<Moi | null> => {
    try {
      return await call<Moi>('GET', '/api/moi')
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

/** The person logged in; only under a route that has checked it. */
export function useMoi(): Moi {
  const { data } = useQuery(moiQuery)
  if (!data) throw new Error('useMoi outside of an authenticated route')
  return data
}

export type LoginAnswer = { etape?: 'totp' }

export const login = (email: string, password: string): Promise<LoginAnswer> =>
  call<LoginAnswer>('POST', '/api/connexion', { body: { email, mot_de_passe: password } })

export const sendTotp = (code: string): Promise<unknown> => call('POST', '/api/connexion/totp', { body: { code } })

/** Ends the session and forgets everything this browser holds of it. */
export function useLogout(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await call('DELETE', '/api/session')
    client.clear()
    location.assign(document.documentElement.dataset.app === 'console' ? '/console/connexion' : '/connexion')
  }
}
