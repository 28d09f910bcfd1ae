/** A draft being saved while its page is left: whoever reads it again waits for that. */
let saving: Promise<unknown> = Promise.resolve()

/** Notes a save under way; gives it back. */
export function savingDraft<T>(save: Promise<T>): Promise<T> {
  saving = save.catch(() => undefined)
  return save
}

export const draftsSaved = (): Promise<unknown> => saving
