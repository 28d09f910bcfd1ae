import type { QueryClient } from '@tanstack/react-query'
import { redirect } from '@tanstack/react-router'
import { type Moi, moiQuery } from '../api/session'

/** What every route receives. */
export interface RouterContext {
  queryClient: QueryClient
}

/** Search of the login page: where to go back to. Only an address of this application, never of another site. */
export const returnSearch = (search: Record<string, unknown>): { retour?: string } =>
  typeof search.retour === 'string' && /^\/(?![/\\])/.test(search.retour) ? { retour: search.retour } : {}

/** The same démarche on the other side, which has its own application; its first page for anything else. */
export const redirectAcross = (side: '' | '/console', pathname: string): ReturnType<typeof redirect> => {
  const demarche = /^\/demarches\/[\da-f-]{36}/.exec(pathname)?.[0]
  return redirect({ href: `${side}${demarche ?? ''}` || '/', reloadDocument: true })
}

/** The person logged in; without a session, on to the login page, which comes back here. */
export async function requireSession(queryClient: QueryClient, here: string): Promise<Moi> {
  const moi = await queryClient.ensureQueryData(moiQuery)
  if (!moi) throw redirect({ to: '/connexion', search: here === '/' ? {} : { retour: here } })
  return moi
}
