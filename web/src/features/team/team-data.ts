import { useQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'

export type Person = operations['user.list']['responses'][200]['content']['application/json'][number]
export type Service = operations['service.list']['responses'][200]['content']['application/json'][number]
export type Hours = operations['hours.list']['responses'][200]['content']['application/json'][number]

export const usersKey = ['users'] as const
export const servicesKey = ['services'] as const
export const hoursKey = ['hours'] as const

export const usePeople = () => useQuery({ queryKey: usersKey, queryFn: () => data(api.GET('/api/users')) })
export const useServices = () => useQuery({ queryKey: servicesKey, queryFn: () => data(api.GET('/api/services')) })
export const useHours = () => useQuery({ queryKey: hoursKey, queryFn: () => data(api.GET('/api/hours')) })

/** Roles that a person can have, as the practice speaks of them. */
export const ROLES = [
  { value: 'owner', label: 'Owner', does: 'runs the practice: team, services, audit trail, posture' },
  { value: 'compliance-officer', label: 'Compliance officer', does: 'reviews the audit trail, agreements and posture' },
  { value: 'front-desk', label: 'Front desk', does: 'books, checks in and checks out; opens no notes and no photos' },
  { value: 'provider', label: 'Provider', does: 'treats her own patients: chart, notes, photos' },
  { value: 'medical-director', label: 'Medical director', does: 'treats, and answers for the treatments' },
  { value: 'marketing', label: 'Marketing', does: 'uses what patients have released, nothing else' },
  { value: 'it-support', label: 'Outside IT', does: 'keeps the machines running; sees no patient' },
] as const
export const roleLabel = (role: string): string => ROLES.find(({ value }) => value === role)?.label ?? role
