import { useQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'

export type Pass = operations['pass.own']['responses'][200]['content']['application/json'][number]

export const passesKey = ['passes'] as const
const refreshEveryMs = 60_000

/** The patients whom this person reaches for a while: emergency access, and patients of other locations. */
export const usePasses = () =>
  useQuery({
    queryKey: passesKey,
    refetchInterval: refreshEveryMs,
    queryFn: () => data(api.GET('/api/passes', { headers: { 'nacre-background': '1' } })),
  })

/** Whose pages these are, from the address: the only place of the app where a patient is named is by her opaque id. */
export const patientIdOf = (path: string): string | undefined => /^\/patients\/(pat_\w{26})(\/|$)/.exec(path)?.[1]
