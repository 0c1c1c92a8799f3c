import { IconCircleCheck } from '@tabler/icons-react'
import type { operations } from '../../api.gen'
import { visitLooks, type VisitStatus } from '../../ui/visit-status.ts'

export type VisitState = operations['my.day']['responses']['200']['content']['application/json']['visits'][number]['state']

const statuses: Record<Exclude<VisitState, 'done'>, VisitStatus> = {
  booked: 'booked',
  'checked-in': 'arrived',
  'in-treatment': 'in-treatment',
  cancelled: 'cancelled',
  'no-show': 'no-show',
}
const done = { label: 'Done', tone: 'ok', icon: IconCircleCheck } as const

/** How a visit's state looks to whoever treats: for her a treated visit is done, whether or not it was paid. */
export const lookOf = (state: VisitState) => (state === 'done' ? done : visitLooks[statuses[state]])
