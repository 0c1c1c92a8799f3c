import {
  IconCalendar,
  IconEyeCheck,
  IconDevices,
  IconFingerprint,
  IconMailForward,
  IconShieldCheck,
  IconStethoscope,
  IconUrgent,
  IconUsers,
} from '@tabler/icons-react'
import type { NavItem } from './ui/app-shell.tsx'

interface Entry extends NavItem {
  /** the action that its page begins with: whoever may not do it has no entry, and the server decides anyway */
  needs: string
}

const entries: readonly Entry[] = [
  { id: 'calendar', label: 'Calendar', href: '/calendar', icon: IconCalendar, needs: 'calendar.day' },
  { id: 'my-day', label: 'My day', href: '/my-day', icon: IconStethoscope, needs: 'my.day' },
  { id: 'trail', label: 'Trail', href: '/trail', icon: IconFingerprint, needs: 'trail.list' },
  { id: 'reviews', label: 'Exceptions', href: '/reviews', icon: IconUrgent, needs: 'review-task.list' },
  { id: 'posture', label: 'Posture', href: '/posture', icon: IconShieldCheck, needs: 'compliance.posture' },
  { id: 'oversight', label: 'Oversight', href: '/oversight', icon: IconEyeCheck, needs: 'oversight.list' },
  { id: 'outbox', label: 'Outbox', href: '/outbox', icon: IconMailForward, needs: 'outbox.list' },
  { id: 'team', label: 'Team', href: '/team', icon: IconUsers, needs: 'user.list' },
  { id: 'devices', label: 'Devices', href: '/devices', icon: IconDevices, needs: 'device.list' },
]

/** The rail of a person who may do these actions. */
export const navigationFor = (grants: ReadonlySet<string>): NavItem[] => entries.filter(({ needs }) => grants.has(needs))
