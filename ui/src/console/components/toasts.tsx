import { notifications } from '@mantine/notifications'
import { ApiError, messageOf } from '@shared/api/http'
import { ToastContent } from './Toast'
import { typo } from './typo'

const common = { withBorder: true, withCloseButton: true, closeButtonProps: { 'aria-label': 'Fermer' } } as const

/** « Tâche terminée », for a few seconds. */
export function toastDone(message: string): void {
  notifications.show({ ...common, message: <ToastContent ton="fait" texte={message} />, autoClose: 3500 })
}

/** A failure stays until it is closed, with « Réessayer » where trying again may help. */
export function toastFailure(error: unknown, retry?: () => void): void {
  const final = error instanceof ApiError && error.status < 500
  const id = crypto.randomUUID()
  notifications.show({
    ...common,
    id,
    message: (
      <ToastContent
        ton="probleme"
        texte={typo(messageOf(error))}
        {...(retry && !final ? { action: 'Réessayer', onAction: () => { notifications.hide(id); retry() } } : {})}
      />
    ),
    autoClose: final ? 9000 : false,
  })
}

/** The démarche moved meanwhile: nothing was recorded, the screen is up to date again. */
export function toastStale(error: ApiError): void {
  notifications.show({
    ...common,
    message: <ToastContent ton="client" texte={`${typo(error.message)} L’écran vient d’être mis à jour.`} />,
    autoClose: 9000,
  })
}

/** A decision that leaves in a few seconds, unless it is taken back. Returns the function that closes it. */
export function toastUndo(message: string, seconds: number, undo: () => void): () => void {
  const id = crypto.randomUUID()
  notifications.show({
    ...common,
    id,
    message: (
      <ToastContent
        ton="fait"
        texte={message}
        secondes={seconds}
        action="Annuler"
        onAction={() => {
          notifications.hide(id)
          undo()
        }}
      />
    ),
    autoClose: seconds * 1000,
    withCloseButton: false,
  })
  return () => notifications.hide(id)
}

/** Something to know before going on; nothing was sent. */
export function toastNotice(message: string): void {
  notifications.show({ ...common, message: <ToastContent ton="client" texte={message} />, autoClose: 6000 })
}
