import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { ApiError, call } from '@shared/api/http'
import { toastFailure } from '../components/toasts'
import { ecarts } from './difference'
import { type Brouillon, etapesDe, type Operation } from './lecture'

export interface Conflit {
  message: string
  difference: string
  /** What was being done; absent when it cannot be done again safely. */
  refaire?: Operation[]
}

type Textes = Record<string, string>

/** A change of this page: texts before it, and after it, of the files it changed. */
interface Pas {
  avant: Textes
  apres: Textes
}

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
  const [faits, setFaits] = useState<Pas[]>([])
  const [defaits, setDefaits] = useState<Pas[]>([])
  const chain = useRef<Promise<unknown>>(Promise.resolve())
  const pending = useRef(0)

  const current = (): Brouillon | undefined => client.getQueryData<Brouillon>(queryKey)

  /** Texts of `before` that `after` does not have. */
  const changed = (before: Textes, after: Textes): Textes =>
    Object.fromEntries(Object.entries(before).filter(([path, text]) => after[path] !== text))
  const step = (before: Textes, after: Textes): Pas => ({ avant: changed(before, after), apres: changed(after, before) })
  /** Texts put back would wipe what somebody else has written since: only on the very texts that were left. */
  const reversible = (pas: Pas | undefined): boolean =>
    pas !== undefined && Object.entries(pas.apres).every(([path, text]) => query.data?.fichiers[path] === text)

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
            // A file is written whole: done again, it would undo what was written in it meanwhile.
            const overwrites = refaire?.some((each) => each.genre === 'fichier' && before.fichiers[each.fichier ?? ''] !== after?.fichiers[each.fichier ?? ''])
            const safe = error.status === 412 && order(before) === order(after) && !overwrites
            setConflit({
              message: error.message,
              // Since what this page showed rather than since the files, which the draft may have left days ago.
              difference: (error.status === 412 && after && ecarts(before.fichiers, after.fichiers)) || (error.difference ?? ''),
              ...(safe && refaire ? { refaire } : {}),
            })
          } else toastFailure(error)
          return false
        }
      }
      pending.current += 1
      setEnCours(pending.current)
      const next = chain.current.then(work, work)
      chain.current = next
      void next.finally(() => {
        pending.current -= 1
        setEnCours(pending.current)
      })
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
        setFaits((list) => [...list, step(before.fichiers, after.fichiers)])
        setDefaits([])
      },
      operations,
    )

  const revenir = (from: Pas[], setFrom: (list: Pas[]) => void, setTo: (update: (list: Pas[]) => Pas[]) => void): void => {
    const pas = from.at(-1)
    if (!reversible(pas) || !pas) return
    const fichiers = pas.avant
    setFrom(from.slice(0, -1))
    if (Object.keys(fichiers).length === 0) return
    void send(
      (etag) => call<Brouillon>('PUT', base, { body: { fichiers }, ifMatch: etag }),
      (before, after) => setTo((list) => [...list, step(before.fichiers, after.fichiers)]),
    )
  }

  const enregistrer = (choix: Record<string, 'brouillon' | 'fichier'> = {}): Promise<boolean> =>
    send((etag) => call<Brouillon>('POST', `${base}/enregistrement`, { body: { choix }, ifMatch: etag }), () => undefined)

  const abandonner = async (): Promise<void> => {
    const draft = current()
    if (!draft) return
    try {
      await call('DELETE', base, { ifMatch: draft.etag })
      setFaits([])
      setDefaits([])
    } finally {
      // Refused because somebody changed it: what would be thrown away is shown, and may be asked for again.
      await client.invalidateQueries({ queryKey })
    }
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
    annulable: reversible(faits.at(-1)),
    retablissable: reversible(defaits.at(-1)),
    /** A change is on its way: asked at any instant, not when the page was drawn. */
    enAttente: () => pending.current > 0,
    enregistrer,
    abandonner,
  }
}

export type Auteur = ReturnType<typeof useBrouillon>
