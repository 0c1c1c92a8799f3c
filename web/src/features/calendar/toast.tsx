import { notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'

interface Toast {
  id?: string
  title?: string
  message: ReactNode
  tone?: 'danger'
  /** milliseconds until it goes by itself */
  staysMs?: number
}

/** A short word at the edge of the screen. Never a name: it may be read over a shoulder, and aloud. */
export const toast = ({ id, title, message, tone, staysMs = 6000 }: Toast) =>
  notifications.show({
    ...(id && { id }),
    ...(title && { title }),
    ...(tone && { color: 'red' }),
    message,
    autoClose: staysMs,
    closeButtonProps: { 'aria-label': 'Close' },
  })

const shown = new Map<string, string>()
let count = 0

/** A message with the way back. The one before about the same thing goes: its way back leads nowhere now. */
export const undoable = (about: string, text: string, undo: () => void) => {
  const before = shown.get(about)
  if (before) notifications.hide(before)
  const id = `${about} ${++count}`
  shown.set(about, id)
  const takeBack = () => {
    notifications.hide(id)
    undo()
  }
  toast({
    id,
    staysMs: 8000,
    message: (
      <span className="n-undo">
        {text}
        <button type="button" className="n-plain n-undo__button" onClick={takeBack}>
          Undo
        </button>
      </span>
    ),
  })
}
