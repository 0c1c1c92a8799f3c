import {
  IconCheck,
  IconCircle,
  IconCircleCheck,
  IconClipboardCheck,
  IconClipboardList,
  IconClipboardOff,
  IconClipboardText,
  IconDoorEnter,
  IconNeedle,
  IconUserOff,
  IconX,
} from '@tabler/icons-react'
import type { Icon, Tone } from './status-chip.tsx'

/** The states of a visit, in the order in which a good day goes. */
export type VisitStatus =
  'booked' | 'confirmed' | 'arrived' | 'in-treatment' | 'treated' | 'checked-out' | 'no-show' | 'cancelled'

interface Look {
  label: string
  tone: Tone
  icon: Icon
}

export const visitLooks: Record<VisitStatus, Look> = {
  booked: { label: 'Booked', tone: 'neutral', icon: IconCircle },
  confirmed: { label: 'Confirmed', tone: 'info', icon: IconCheck },
  arrived: { label: 'Arrived', tone: 'action', icon: IconDoorEnter },
  'in-treatment': { label: 'In treatment', tone: 'accent', icon: IconNeedle },
  treated: { label: 'To check out', tone: 'warn', icon: IconClipboardList },
  'checked-out': { label: 'Checked out', tone: 'ok', icon: IconCircleCheck },
  'no-show': { label: 'No show', tone: 'danger', icon: IconUserOff },
  cancelled: { label: 'Cancelled', tone: 'neutral', icon: IconX },
}

/** How far the patient's forms are. `none`: this visit needs none. */
export type FormsState = 'none' | 'missing' | 'sent' | 'started' | 'complete'

export const formsLooks: Record<FormsState, Look> = {
  none: { label: 'No forms needed', tone: 'neutral', icon: IconClipboardOff },
  missing: { label: 'Forms not started', tone: 'danger', icon: IconClipboardList },
  sent: { label: 'Forms sent, not opened', tone: 'warn', icon: IconClipboardList },
  started: { label: 'Forms started', tone: 'warn', icon: IconClipboardText },
  complete: { label: 'Forms complete', tone: 'ok', icon: IconClipboardCheck },
}
