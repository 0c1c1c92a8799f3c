import { useRouter, useRouterState } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

/** The state of a page that a link can share: codes, opaque ids and dates. Nothing about a person ever stands in a URL. */
export type UrlState = Readonly<Record<string, string>>

/** Reads the search parameters of this page, and replaces them all; empty values are left out. */
export function useUrlState(): readonly [UrlState, (next: Readonly<Record<string, string | undefined>>) => void] {
  const router = useRouter()
  const written = useRouterState({ select: ({ location }) => location.searchStr })
  const state = useMemo(() => Object.fromEntries(new URLSearchParams(written)), [written])
  const change = useCallback(
    (next: Readonly<Record<string, string | undefined>>) => {
      const query = new URLSearchParams(Object.entries(next).flatMap(([name, value]) => (value ? [[name, value]] : [])))
      const { pathname } = router.state.location
      router.history.replace(query.size === 0 ? pathname : `${pathname}?${query.toString()}`)
    },
    [router],
  )
  return [state, change]
}
