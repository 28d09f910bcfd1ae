import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from '../api/http'
import { NBSP, spokenHour } from '../format'

const DELAY = 900

type Data = Record<string, unknown>

/**
 * Saves a draft shortly after the last keystroke, and at once when the page is left: `save` must then outlive the page.
 * @returns the callback for the form, and the sentence to show.
 */
export function useDraft(save: (data: Data) => Promise<unknown>, savedAt?: string | null) {
  const [note, setNote] = useState<string | null>(savedAt ? `Brouillon enregistré à${NBSP}${spokenHour(savedAt)}` : null)
  const pending = useRef<Data | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const saver = useRef(save)
  useEffect(() => {
    saver.current = save
  })

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current)
    const data = pending.current
    if (!data) return
    pending.current = null
    try {
      await saver.current(data)
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
  /** Forgets what is not saved yet: the form was sent. */
  const discard = useCallback((): void => {
    clearTimeout(timer.current)
    pending.current = null
  }, [])
  return { onDraft, note, discard }
}
