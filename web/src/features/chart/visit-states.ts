import type { operations } from '../../api.gen'
import type { VisitStatus } from '../../ui/visit-status.ts'

export type VisitState = operations['my.day']['responses']['200']['content']['application/json']['visits'][number]['state']

const looks: Record<VisitState, VisitStatus> = {
  booked: 'booked',
  'checked-in': 'arrived',
  'in-treatment': 'in-treatment',
  done: 'treated',
  cancelled: 'cancelled',
  'no-show': 'no-show',
}

/** How the kit calls a visit's state. */
export const statusOf = (state: VisitState): VisitStatus => looks[state]
