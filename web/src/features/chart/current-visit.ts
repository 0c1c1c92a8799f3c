import { dayMinuteOf, todayIn } from '../../ui/zoned-day.ts'
import type { ChartVisit } from './chart-queries.ts'

const order = ['in-treatment', 'checked-in', 'booked', 'done'] as const

/** Today's visit with this provider, if there is one: who is being treated, else who has arrived, else who is booked. */
export const currentVisitOf = (
  visits: readonly ChartVisit[],
  { providerId, timeZone }: { providerId: string; timeZone: string },
): ChartVisit | undefined => {
  const today = todayIn(timeZone)
  const mine = visits.filter(
    (visit) => visit.providerId === providerId && dayMinuteOf(visit.startsAt, timeZone).date === today,
  )
  return order.map((state) => mine.find((visit) => visit.state === state)).find((visit) => visit !== undefined)
}
