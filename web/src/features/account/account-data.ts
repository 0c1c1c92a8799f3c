import { useQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'

type Answer<Name extends keyof operations> = operations[Name] extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never

export type Passkey = Answer<'passkey.list'>[number]
export type OpenSession = Answer<'session.list'>[number]
export type Notice = Answer<'notice.list'>[number]

export const accountKey = ['account'] as const
export const passkeysKey = [...accountKey, 'passkeys'] as const
export const sessionsKey = [...accountKey, 'sessions'] as const
export const noticesKey = [...accountKey, 'notices'] as const

export const useAccount = () => useQuery({ queryKey: [...accountKey, 'view'], queryFn: () => data(api.GET('/api/account')) })
export const usePasskeys = () => useQuery({ queryKey: passkeysKey, queryFn: () => data(api.GET('/api/account/passkeys')) })
export const useOpenSessions = () => useQuery({ queryKey: sessionsKey, queryFn: () => data(api.GET('/api/account/sessions')), staleTime: 0 })
export const useNotices = () => useQuery({ queryKey: noticesKey, queryFn: () => data(api.GET('/api/account/notices')), staleTime: 5 * 60_000 })
