import type { operations } from '../../api.gen'
import type { VisitStatus } from '../../ui/visit-status.ts'

type Visit = Pick<operations['calendar.day']['responses'][200]['content']['application/json']['visits'][number], 'state' | 'paidAt'>

const statuses: Record<Visit['state'], VisitStatus> = {
  booked: 'booked',
  'checked-in': 'arrived',
  'in-treatment': 'in-treatment',
  done: 'treated',
  cancelled: 'cancelled',
  'no-show': 'no-show',
}

/** How the desk sees a visit: treated is not yet the end of it. */
export const statusOf = ({ state, paidAt }: Visit): VisitStatus => (paidAt ? 'checked-out' : statuses[state])
