import { NetworkError } from '@shared/api/http'
import { useMoi } from '@shared/api/session'
import type { Sending } from './queue'

type Kept = Omit<Sending, 'qui' | 'at' | 'fichiers' | 'refus'> & { fichiers?: File[] }

/**
 * Keeps what could not leave for lack of network, to send it later.
 * @returns a function that says whether it kept it: only a network failure is kept, any other is the caller's to show.
 */
export function useKeep(): (error: unknown, kept: Kept) => Promise<boolean> {
  const moi = useMoi()
  return async (error, { fichiers = [], ...kept }) => {
    // A participant's link may be opened on someone else's phone.
    if (!(error instanceof NetworkError) || moi.role !== 'client') return false
    const { enqueue } = await import('./queue')
    await enqueue({
      ...kept,
      qui: moi.id,
      at: new Date().toISOString(),
      fichiers: fichiers.map((file) => ({ nom: file.name, contenu: file })),
    })
    return true
  }
}
