import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, call, setCsrfToken } from './http'
import { forgetDrafts } from '../form/deviceDraft'
import { chooseBadges } from '../statuses'
import type { components } from './schema'

type Schemas = components['schemas']

export type Role = 'conseiller' | 'responsable' | 'admin' | 'client' | 'participant'

/** The person logged in; a participant has the only `demarche_id` they may see. */
export type Moi = Omit<Schemas['Moi'], 'role'> & { role: Role }

export const isStaff = (role: Role): boolean => role === 'conseiller' || role === 'responsable' || role === 'admin'

/** Whether this person of the firm may do what an administrator grants or withdraws (« piece.valider »). */
export const may = (moi: Moi, droit: string): boolean => moi.droits?.includes(droit) ?? false

/** The person logged in, or null. */
export const moiQuery = queryOptions({
  queryKey: ['moi'],
  queryFn: async (): Promise<Moi | null> => {
    try {
      const moi = await call<Moi>('GET', '/api/moi')
      setCsrfToken(moi.csrf)
      chooseBadges(moi.badges)
      return moi
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

/** The session is open, or a code is asked; at the first login of staff, with the secret to scan. */
export type LoginAnswer = Partial<Schemas['SecondStep']>

export const login = (email: string, password: string): Promise<LoginAnswer> =>
  call<LoginAnswer>('POST', '/api/connexion', { body: { email, mot_de_passe: password } })

export const sendTotp = (code: string): Promise<unknown> => call('POST', '/api/connexion/totp', { body: { code } })

/** Changes the password; the other sessions end, this one goes on under a new token. */
export async function changePassword(actuel: string, nouveau: string): Promise<void> {
  const moi = await call<Moi>('PUT', '/api/moi/mot-de-passe', { body: { actuel, nouveau } })
  setCsrfToken(moi.csrf)
}

/** Ends the session and forgets everything this browser holds of it. */
export function useLogout(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await call('DELETE', '/api/session')
    client.clear()
    forgetDrafts()
    location.assign(document.documentElement.dataset.app === 'console' ? '/console/connexion' : '/connexion')
  }
}
