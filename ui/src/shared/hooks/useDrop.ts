import { type DragEvent, useState } from 'react'

/** A place to drop files on: what makes it one, and `data-survol` while some are over it. */
export function useDrop(onFiles: (files: FileList) => void) {
  const [over, setOver] = useState(false)
  return {
    'data-survol': over || undefined,
    onDragOver: (event: DragEvent): void => {
      event.preventDefault()
      setOver(true)
    },
    // The pointer goes over what the place holds too: only leaving the place counts.
    onDragLeave: (event: DragEvent): void => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop: (event: DragEvent): void => {
      event.preventDefault()
      setOver(false)
      onFiles(event.dataTransfer.files)
    },
  }
}
