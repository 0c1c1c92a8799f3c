import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback } from 'react'

/**
 * One choice of a page kept in the URL's search, so that a link, a reload and "back" show the same: an opaque id or a code, never anything
 * about a person. `undefined` takes it out. Opening is a step that "back" undoes; closing and changing are not.
 */
export function useUrlChoice(name: string): readonly [string | undefined, (value: string | undefined) => void] {
  const value = useRouterState({
    select: ({ location }) => textOf(Object.entries(location.search).find(([key]) => key === name)?.[1]),
  })
  const navigate = useNavigate()
  const choose = useCallback(
    (next: string | undefined) =>
      void navigate({
        to: '.',
        replace: value !== undefined,
        search: (before: Record<string, unknown>) => {
          const { [name]: _, ...rest } = before
          return next === undefined ? rest : { ...rest, [name]: next }
        },
      }),
    [navigate, name, value],
  )
  return [value, choose]
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
