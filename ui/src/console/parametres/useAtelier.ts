import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { fileSize, NBSP } from '@shared/format'
import { toastDone } from '../components/toasts'

const LONGEST = 150_000

/** What the server says of a text. */
export interface Apercu {
  constats: components['schemas']['ConstatCourriel'][]
  enregistrable: boolean
}

interface Options<T> {
  adresse: string
  /** Keys of the list in the cache, and of this model within it. */
  liste: readonly string[]
  nom: string
  enregistre: T
  version: number
  estVide: (texte: T) => boolean
  pauseMs: number
  /** What the preview is made on, besides the text; `attend`: it is not known yet. */
  exemple?: Record<string, unknown>
  attend?: boolean
}

/** A model being rewritten: its draft, what the server says of it, keeping it, leaving it, taking a file for it. */
export function useAtelier<T extends { corps: string }, M, A extends Apercu>(options: Options<T>) {
  const { adresse, liste, nom, enregistre, version, estVide, pauseMs, exemple, attend = false } = options
  const client = useQueryClient()
  const [texte, setTexte] = useState(enregistre)
  const [refus, setRefus] = useState<string | null>(null)
  const [pose] = useDebouncedValue(texte, pauseMs)
  const touched = (Object.keys(enregistre) as (keyof T)[]).some((key) => texte[key] !== enregistre[key])
  const vide = estVide(pose)
  const apercu = useQuery({
    queryKey: [...liste, nom, 'apercu', pose, exemple],
    queryFn: ({ signal }) => call<A>('POST', `${adresse}/apercu`, { body: { ...pose, ...exemple }, signal }),
    enabled: !vide && !attend,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  const vu = vide ? undefined : apercu.data
  const pret = vu !== undefined && !apercu.isPlaceholderData && pose === texte
  const change = (changed: Partial<T>): void => setTexte((before) => ({ ...before, ...changed }))
  const adopt = (seen: M): void => {
    client.setQueryData([...liste, nom], seen)
    void client.invalidateQueries({ queryKey: liste, exact: true })
  }
  const put = (written: T): Promise<M> => call<M>('PUT', adresse, { body: { ...written, version } })
  const restore = (): Promise<M> => call<M>('DELETE', adresse, { query: { version } })
  const save = useMutation({
    mutationFn: () => put(texte),
    onSuccess: (seen) => {
      adopt(seen)
      toastDone(`Modèle enregistré${NBSP}: il sert dès maintenant`)
    },
  })
  useEffect(() => {
    if (!touched) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [touched])

  return {
    adresse, cles: [...liste, nom], texte, touched, vide, pret, vu, refus, save, adopt, put, restore,
    error: apercu.error,
    change,
    write: (corps: string): void => setTexte((before) => ({ ...before, corps })),
    cancel: (): void => {
      setTexte(enregistre)
      setRefus(null)
    },
    /** Have a file's text taken by `prendre`, which may say why it does not want it. */
    importer: async (file: File | null, prendre: (page: string) => string | null): Promise<void> => {
      if (!file) return
      const page = await file.text()
      if (page.length > LONGEST) setRefus(`Ce fichier est trop long (${fileSize(file.size)}, 150${NBSP}ko au plus)${NBSP}: allégez ses images.`)
      else if (page.includes('\ufffd')) setRefus(`Ce fichier n’est pas en UTF-8${NBSP}: enregistrez-le de nouveau dans ce codage.`)
      else setRefus(prendre(page))
    },
  }
}

export type Atelier<T extends { corps: string }, M, A extends Apercu> = ReturnType<typeof useAtelier<T, M, A>>
