import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { ApiError, call } from '@shared/api/http'
import { toastFailure } from '../components/toasts'
import { type Brouillon, etapesDe, type Operation } from './lecture'

export interface Conflit {
  message: string
  difference: string
  /** What was being done; absent when it cannot be done again safely. */
  refaire?: Operation[]
}

type Textes = Record<string, string>

/**
 * The draft of a modèle: each change goes to the server at once, one after the other, on the state it was made on.
 * Undo and redo give files back the texts they had.
 */
export function useBrouillon(cle: string) {
  const client = useQueryClient()
  const base = `/api/modeles/${encodeURIComponent(cle)}/brouillon`
  const queryKey = ['modeles', cle, 'brouillon']
  const query = useQuery({ queryKey, queryFn: () => call<Brouillon>('GET', base), refetchOnWindowFocus: true })
  const [conflit, setConflit] = useState<Conflit | null>(null)
  const [enCours, setEnCours] = useState(0)
  const [faits, setFaits] = useState<Textes[]>([])
  const [defaits, setDefaits] = useState<Textes[]>([])
  const chain = useRef<Promise<unknown>>(Promise.resolve())

  const current = (): Brouillon | undefined => client.getQueryData<Brouillon>(queryKey)

  /** Texts of `before` that `after` does not have. */
  const changed = (before: Textes, after: Textes): Textes =>
    Object.fromEntries(Object.entries(before).filter(([path, text]) => after[path] !== text))

  const send = useCallback(
    (ask: (etag: string) => Promise<Brouillon>, done: (before: Brouillon, after: Brouillon) => void, refaire?: Operation[]): Promise<boolean> => {
      const work = async (): Promise<boolean> => {
        const before = current()
        if (!before) return false
        try {
          const after = await ask(before.etag)
          client.setQueryData(queryKey, after)
          done(before, after)
          return true
        } catch (error) {
          if (error instanceof ApiError && (error.status === 412 || error.code === 'fichier_modifie')) {
            await client.invalidateQueries({ queryKey })
            const after = current()
            // The page itself shows the two texts, and asks which one to keep.
            if (error.code === 'fichier_modifie' && after && after.conflits.length > 0) return false
            const order = (draft: Brouillon | undefined): string => etapesDe(draft?.donnees ?? null).map((etape) => etape.cle).join()
            const safe = error.status === 412 && order(before) === order(after)
            setConflit({ message: error.message, difference: error.difference ?? '', ...(safe && refaire ? { refaire } : {}) })
          } else toastFailure(error)
          return false
        }
      }
      setEnCours((count) => count + 1)
      const next = chain.current.then(work, work)
      chain.current = next
      void next.finally(() => setEnCours((count) => count - 1))
      return next
    },
    // The key is made of `cle` alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [client, cle],
  )

  const operer = (...operations: Operation[]): Promise<boolean> =>
    send(
      (etag) => call<Brouillon>('POST', `${base}/operations`, { body: { operations }, ifMatch: etag }),
      (before, after) => {
        setFaits((list) => [...list, changed(before.fichiers, after.fichiers)])
        setDefaits([])
      },
      operations,
    )

  const revenir = (from: Textes[], setFrom: (list: Textes[]) => void, setTo: (update: (list: Textes[]) => Textes[]) => void): void => {
    const fichiers = from.at(-1)
    if (!fichiers) return
    setFrom(from.slice(0, -1))
    if (Object.keys(fichiers).length === 0) return
    void send(
      (etag) => call<Brouillon>('PUT', base, { body: { fichiers }, ifMatch: etag }),
      (before, after) => setTo((list) => [...list, changed(before.fichiers, after.fichiers)]),
    )
  }

  const enregistrer = (choix: Record<string, 'brouillon' | 'fichier'> = {}): Promise<boolean> =>
    send((etag) => call<Brouillon>('POST', `${base}/enregistrement`, { body: { choix }, ifMatch: etag }), () => undefined)

  const abandonner = async (): Promise<void> => {
    const draft = current()
    if (!draft) return
    await call('DELETE', base, { ifMatch: draft.etag })
    setFaits([])
    setDefaits([])
    await client.invalidateQueries({ queryKey })
  }

  return {
    base,
    query,
    brouillon: query.data,
    conflit,
    fermerConflit: () => setConflit(null),
    enCours: enCours > 0,
    operer,
    annuler: () => revenir(faits, setFaits, setDefaits),
    retablir: () => revenir(defaits, setDefaits, setFaits),
    annulable: faits.length > 0,
    retablissable: defaits.length > 0,
    enregistrer,
    abandonner,
  }
}

export type Auteur = ReturnType<typeof useBrouillon>
