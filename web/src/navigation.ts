import {
  IconCalendar,
  IconFingerprint,
  IconMailForward,
  IconShieldCheck,
  IconStethoscope,
  IconUsers,
} from '@tabler/icons-react'
import type { NavItem } from './ui/app-shell.tsx'

interface Entry extends NavItem {
  /** roles that get this entry; the server decides what they may do there */
  roles: readonly string[]
}

const entries: readonly Entry[] = [
  {
    id: 'calendar',
    label: 'Calendar',
    href: '/calendar',
    icon: IconCalendar,
    roles: ['front-desk', 'provider', 'medical-director', 'owner'],
  },
  { id: 'my-day', label: 'My day', href: '/my-day', icon: IconStethoscope, roles: ['provider', 'medical-director'] },
  { id: 'trail', label: 'Trail', href: '/trail', icon: IconFingerprint, roles: ['owner', 'compliance-officer'] },
  { id: 'posture', label: 'Posture', href: '/posture', icon: IconShieldCheck, roles: ['owner', 'compliance-officer'] },
  { id: 'outbox', label: 'Outbox', href: '/outbox', icon: IconMailForward, roles: ['owner', 'compliance-officer'] },
  { id: 'team', label: 'Team', href: '/team', icon: IconUsers, roles: ['owner', 'compliance-officer', 'it-support', 'marketing'] },
]

/** The rail of a person with these roles. */
export const navigationFor = (roles: readonly string[]): NavItem[] =>
  entries.filter((entry) => entry.roles.some((role) => roles.includes(role)))
