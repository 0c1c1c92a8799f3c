import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback } from 'react'

/**
 * What was chosen so far, in the URL: a reload, a lost connection and "back" lose nothing. Opaque ids and a time only; who books stands in
 * memory alone.
 */
export interface Choices {
  /** location */
  at?: string | undefined
  service?: string | undefined
  /** a provider's id or `any` */
  with?: string | undefined
  /** first day of the two weeks that are shown, YYYY-MM-DD */
  from?: string | undefined
  day?: string | undefined
  /** an instant */
  time?: string | undefined
  /** which question about the person */
  step?: string | undefined
  lang?: string | undefined
}
const names = ['at', 'service', 'with', 'from', 'day', 'time', 'step', 'lang'] as const

export type Choose = (next: Choices, options?: { replace: true }) => void

export function useChoices(): readonly [Choices, Choose] {
  const search = useRouterState({ select: ({ location }): Record<string, unknown> => ({ ...location.search }) })
  const navigate = useNavigate()
  const choose: Choose = useCallback(
    (next, options) =>
      void navigate({
        to: '/book',
        replace: options !== undefined,
        search: (before: Record<string, unknown>) => known({ ...before, ...next }),
      }),
    [navigate],
  )
  return [known(search), choose]
}

const known = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = search[name]
      return typeof value === 'string' && value !== '' ? [[name, value]] : []
    }),
  )
