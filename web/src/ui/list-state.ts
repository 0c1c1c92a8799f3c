import { useRouter, useRouterState } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'

/** What a list shows: a search, a page, an order, filters. */
export interface ListState {
  search: string
  /** from 1 */
  page: number
  /** column id, with a leading minus for descending */
  sort?: string | undefined
  filters: Readonly<Record<string, string>>
}

export const firstPage: ListState = { search: '', page: 1, filters: {} }

export interface ListStateOptions {
  /**
   * Where the typed search lives. `memory` (default): it may be a name, and nothing about a person stands in a URL, so it
   * survives opening a row and coming back, but not a reload. `url`: only for lists of things, never of people.
   */
  search?: 'memory' | 'url'
  /** ids of the filters, whose values are codes */
  filterIds?: readonly string[]
  /** names the list in memory; default the path */
  name?: string
}

const searches = new Map<string, string>()

/** Forgets typed searches: at lock and sign-out. */
export const forgetSearches = (): void => searches.clear()

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** A list's state in the URL's search parameters (page, sort, filters), so that a link and "back" show the same list. */
export function useListState(options: ListStateOptions = {}): readonly [ListState, (next: ListState) => void] {
  const { search: place = 'memory', filterIds = [] } = options
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const params = useRouterState({ select: ({ location }): Record<string, unknown> => ({ ...location.search }) })
  const { history } = useRouter()
  const name = options.name ?? pathname
  const [, setTurn] = useState(0)
  const typed = place === 'url' ? text(params.q) : (searches.get(name) ?? '')
  const ids = filterIds.join(' ')

  const state = useMemo((): ListState => {
    const filters = Object.fromEntries(
      ids
        .split(' ')
        .filter(Boolean)
        .map((id) => [id, text(params[id])]),
    )
    const sort = text(params.sort)
    return {
      search: typed,
      page: Math.max(1, Math.floor(Number(text(params.page))) || 1),
      filters,
      ...(sort && { sort }),
    }
  }, [params, typed, ids])

  const setState = useCallback(
    (next: ListState) => {
      if (place === 'memory') {
        searches.set(name, next.search)
        setTurn((turn) => turn + 1)
      }
      const filters = Object.entries(next.filters).filter(([, value]) => value !== '')
      const search = new URLSearchParams(filters)
      if (next.page > 1) search.set('page', String(next.page))
      if (next.sort) search.set('sort', next.sort)
      if (place === 'url' && next.search) search.set('q', next.search)
      history.replace(search.size > 0 ? `${pathname}?${search}` : pathname)
    },
    [history, pathname, name, place],
  )
  return [state, setState]
}
