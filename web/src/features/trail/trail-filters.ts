import { useMemo } from 'react'
import { useUrlState } from '../../url-state.ts'
import { addDays, instantOf } from '../../ui/zoned-day.ts'

/** What of the trail is shown. It stands in the URL: ids, codes and dates, never a name. */
export interface TrailFilters {
  patient?: string
  actor?: string
  action?: string
  outcome?: 'done' | 'denied' | 'failed'
  /** YYYY-MM-DD, both inclusive, at the location where one works */
  from?: string
  to?: string
}
const OUTCOMES = ['done', 'denied', 'failed'] as const
const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text)

export function useTrailFilters(): readonly [TrailFilters, (next: TrailFilters) => void] {
  const [state, change] = useUrlState()
  const filters = useMemo(() => {
    const { patient, actor, action, from, to } = state
    const outcome = OUTCOMES.find((known) => known === state.outcome)
    return {
      ...(patient && { patient }),
      ...(actor && { actor }),
      ...(action && { action }),
      ...(outcome && { outcome }),
      ...(from && isDate(from) && { from }),
      ...(to && isDate(to) && { to }),
    }
  }, [state])
  return [filters, (next) => change({ ...next })]
}

/** The filters as the server asks for them: days become instants in the location's zone. */
export const questionOf = ({ patient, from, to, ...rest }: TrailFilters, timeZone: string) => ({
  ...rest,
  ...(patient && { patientId: patient }),
  ...(from && { from: instantOf({ date: from, minute: 0 }, timeZone) }),
  ...(to && { to: new Date(Date.parse(instantOf({ date: addDays(to, 1), minute: 0 }, timeZone)) - 1).toISOString() }),
})
