import { Drawer, type DrawerProps } from '@mantine/core'
import { useFocusBack } from '../hooks/useFocusBack'

/** The same as a Dialog, along one side of the screen. */
export function SideDialog(props: DrawerProps) {
  useFocusBack(props.opened)
  return <Drawer {...props} />
}
