import { Modal, type ModalProps } from '@mantine/core'
import { useFocusBack } from '../hooks/useFocusBack'

/** A window over the screen. Once closed, the focus is where it was before: the keyboard goes on from there. */
export function Dialog(props: ModalProps) {
  useFocusBack(props.opened)
  return <Modal {...props} />
}
