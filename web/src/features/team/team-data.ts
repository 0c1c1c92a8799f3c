import { useQuery, useQueryClient } from '@tanstack/react-query'
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

type Answer<Name extends keyof operations> = operations[Name] extends { responses: { 200: { content: { 'application/json': infer Json } } } } ? Json : never
export type Member = Answer<'user.team'>[number]
export type Role = Answer<'role.list'>[number]
export type OpenedRole = Answer<'role.open'>
export type Preview = Answer<'role.preview'>
export type Proposal = Answer<'role.proposals'>[number]
export type Change = Answer<'role.changes'>[number]
export type Invitation = Answer<'invitation.list'>[number]
export type Certificate = Answer<'departure.list'>[number]
export type Token = Answer<'token.mine'>['tokens'][number]
export type ActionLine = Change['gains'][number]

export const useTeam = (may: boolean) => useQuery({ queryKey: ['team'], queryFn: () => data(api.GET('/api/team')), enabled: may })
export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: () => data(api.GET('/api/roles')) })
export const useInvitations = (may: boolean) => useQuery({ queryKey: ['invitations'], queryFn: () => data(api.GET('/api/invitations')), enabled: may })
export const usePractice = () => useQuery({ queryKey: ['practice'], queryFn: () => data(api.GET('/api/practice')) })

/** Whatever tells who may do what: asked again after each change of it. */
const ACCESS_KEYS = ['users', 'team', 'roles', 'role', 'invitations', 'proposals', 'access-changes', 'departures', 'recoveries', 'tokens', 'access-requests', 'session'] as const
export const useAccessChanged = () => {
  const queries = useQueryClient()
  return async () => {
    await Promise.all(ACCESS_KEYS.map((key) => queries.invalidateQueries({ queryKey: [key] })))
  }
}

/** What the roles that Nacre ships are for, in half a sentence. */
const NOTES: Readonly<Record<string, string>> = {
  'owner': 'runs the practice: team, services, audit trail, posture',
  'compliance-officer': 'reviews the audit trail, confirms changes of access',
  'front-desk': 'books, checks in and checks out; opens no notes and no photos',
  'biller': 'checks out and keeps the till; opens no charts',
  'medical-director': 'treats, and answers for the treatments',
  'marketing': 'uses what patients have released, nothing else',
  'it-support': 'keeps the machines running; sees no patient',
}
export const noteOf = ({ name, clinical }: Pick<Role, 'name' | 'clinical'>): string | undefined =>
  NOTES[name] ?? (clinical ? 'treats her own patients: chart, notes, photos' : undefined)

/** Links come without a host when the server was never told its address. */
export const whole = (link: string): string => new URL(link, window.location.origin).toString()
