import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from '../api/http'
import { NBSP, spokenHour } from '../format'

const DELAY = 900

type Data = Record<string, unknown>

/**
 * Saves a draft shortly after the last keystroke, and at once when the page is left: `save` must then outlive the page.
 * @returns the callback for the form, the sentence to show, and `sending`, through which the form is sent.
 */
export function useDraft(save: (data: Data) => Promise<unknown>, savedAt?: string | null) {
  const [note, setNote] = useState<string | null>(savedAt ? `Brouillon enregistré à${NBSP}${spokenHour(savedAt)}` : null)
  const pending = useRef<Data | null>(null)
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
    try {
      const save = saver.current(data)
      saving.current = save.catch(() => undefined)
      await save
      setNote(`Brouillon enregistré à${NBSP}${spokenHour(Date.now())}`)
    } catch (error) {
      pending.current ??= data
      setNote(`Brouillon non enregistré. ${messageOf(error)}`)
    }
  }, [])

  useEffect(() => {
    const leave = (): void => void flush()
    document.addEventListener('visibilitychange', leave)
    // A link followed at once, a reload: some browsers say only this.
    addEventListener('pagehide', leave)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      removeEventListener('pagehide', leave)
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
        return answer
      } finally {
        held.current = false
        if (pending.current) onDraft(pending.current)
      }
    },
    [flush, onDraft],
  )
  return { onDraft, note, sending }
}
