import { useQuery } from '@tanstack/react-query'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'

/** What her pages ask of the server. All of it lives in memory and is gone with the tab. */
export const sessionKey = ['me', 'session']
export const loadSession = () => data(api.GET('/api/me/session'))
export const loadHome = () => data(api.GET('/api/me'))
export const loadVisits = () => data(api.GET('/api/me/visits'))
export const loadChoices = () => data(api.GET('/api/me/choices'))
export const loadContact = () => data(api.GET('/api/me/contact'))
export const loadPasskeys = () => data(api.GET('/api/me/passkeys'))
export const loadRepresentatives = () => data(api.GET('/api/me/representatives'))
export const contactKey = ['me', 'contact']
export const passkeysKey = ['me', 'passkeys']

export type MeSession = Awaited<ReturnType<typeof loadSession>>
export type Scope = MeSession['scopes'][number]

export const statusOf = (error: unknown): number | undefined => (error instanceof Problem ? error.status : undefined)
/** A server's sentence for what cannot be said in advance: how long to wait. */
export const detailOf = (error: unknown): string | undefined => (error instanceof Problem ? error.detail : undefined)

export const useMeSession = () =>
  useQuery({ queryKey: sessionKey, queryFn: loadSession, staleTime: 20_000, retry: (count, error) => statusOf(error) !== 401 && count < 2 })
