import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, messageOf, NetworkError } from '../api/http'
import { isAway } from '../api/network'
import { useMoi } from '../api/session'
import { NBSP, spokenHour } from '../format'
import { DeviceDraft } from './deviceDraft'

const DELAY = 900
const KEPT = 'Brouillon gardé sur cet appareil, il sera enregistré au retour du réseau.'

type Data = Record<string, unknown>

interface Options {
  /** Names the form: its address. */
  place: string
  /** The draft that the server has, and when it was saved. */
  saved: { data: Data; at: string } | null
  /** Saves a draft, and says when it was; must outlive the page. */
  save: (data: Data) => Promise<string>
}

/**
 * Saves a draft shortly after the last keystroke, and at once when the page is left; what cannot be saved is kept on the
 * device and saved when the network is back.
 * @returns the answers to open the form with, its callback, the sentence to show, and `sending`, through which it is sent.
 */
export function useDraft({ place, saved, save }: Options) {
  const moi = useMoi()
  const [device] = useState(() => new DeviceDraft(moi, place))
  const [kept] = useState(() => device.read(saved, isAway()))
  const [note, setNote] = useState<string | null>(saved ? `Brouillon enregistré à${NBSP}${spokenHour(saved.at)}` : null)
  const savedAt = useRef(saved?.at ?? null)
  const tried = useRef<Data | null>(null)
  const pending = useRef<Data | null>(kept)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const held = useRef(false)
  const saving = useRef<Promise<unknown>>(Promise.resolve())
  const saver = useRef(save)
  useEffect(() => {
    saver.current = save
  })

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current)
    const data = pending.current
    if (!data || held.current) return
    pending.current = null
    const here = device.keep({ data, base: savedAt.current, tried: tried.current })
    const save = saver.current(data)
    const attempt = save.catch(() => undefined)
    saving.current = attempt
    try {
      savedAt.current = await save
      // Unless a later one is on its way, which is what the device has by now.
      if (!pending.current && saving.current === attempt) device.forget()
      setNote(`Brouillon enregistré à${NBSP}${spokenHour(Date.now())}`)
    } catch (error) {
      if (error instanceof NetworkError) tried.current = data
      if (error instanceof ApiError && error.status === 409) {
        // Written elsewhere since: read again, that one is not to be covered.
        device.forget()
      } else {
        pending.current ??= data
      }
      setNote(here && error instanceof NetworkError ? KEPT : `Brouillon non enregistré. ${messageOf(error)}`)
    }
  }, [device])

  useEffect(() => {
    const leave = (): void => void flush()
    document.addEventListener('visibilitychange', leave)
    // A link followed at once, a reload: some browsers say only this.
    addEventListener('pagehide', leave)
    addEventListener('online', leave)
    void flush()
    return () => {
      document.removeEventListener('visibilitychange', leave)
      removeEventListener('pagehide', leave)
      removeEventListener('online', leave)
      void flush()
    }
  }, [flush])

  const onDraft = useCallback(
    (data: Data): void => {
      pending.current = data
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void flush(), DELAY)
    },
    [flush],
  )
  /** Sends the form once its draft is saved, and saves nothing meanwhile: a save arriving after the form would bring its draft back. */
  const sending = useCallback(
    async <T>(send: () => Promise<T>): Promise<T> => {
      await flush()
      await saving.current
      held.current = true
      try {
        const answer = await send()
        pending.current = null
        device.forget()
        return answer
      } finally {
        held.current = false
        if (pending.current) onDraft(pending.current)
      }
    },
    [device, flush, onDraft],
  )
  return { data: kept ?? saved?.data ?? null, onDraft, note, sending }
}
