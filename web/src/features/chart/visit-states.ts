import { IconCircleCheck } from '@tabler/icons-react'
import type { operations } from '../../api.gen'
import { visitLooks, type VisitStatus } from '../../ui/visit-status.ts'

export type VisitState =
  operations['my.day']['responses']['200']['content']['application/json']['visits'][number]['state']

const statuses: Record<VisitState, VisitStatus> = {
  booked: 'booked',
  'checked-in': 'arrived',
  'in-treatment': 'in-treatment',
  done: 'treated',
  cancelled: 'cancelled',
  'no-show': 'no-show',
}

/** How the kit calls a visit's state: for the desk, a treated visit is one to check out. */
export const statusOf = (state: VisitState): VisitStatus => statuses[state]

const done = { label: 'Done', tone: 'ok', icon: IconCircleCheck } as const

/** How a visit's state looks to whoever treats: a treated visit is done, whether or not it was paid. */
export const lookOf = (state: VisitState) => (state === 'done' ? done : visitLooks[statusOf(state)])
