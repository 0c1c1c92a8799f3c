import { Button } from '@mantine/core'
import { IconUserQuestion } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api, data } from '../../client'
import { formatPlainDate } from '../../ui/format.ts'
import { dayMinuteOf } from '../../ui/zoned-day.ts'

interface UnassignedProps {
  locationId: string
  timeZone: string
  onOpen: (date: string) => void
}

const askAgainMs = 60_000

/** Visits whose provider works here no more: by day, until somebody has found another. Nothing, when there are none. */
export function Unassigned({ locationId, timeZone, onOpen }: UnassignedProps) {
  const visits = useQuery({
    queryKey: ['unassigned', locationId],
    queryFn: () => data(api.GET('/api/calendar/unassigned', { params: { query: { locationId } }, headers: { 'Nacre-Background': '1' } })),
    refetchInterval: askAgainMs,
    retry: false,
  })
  if (!visits.data || visits.data.length === 0) return null
  const days = [...Map.groupBy(visits.data, ({ startsAt }) => dayMinuteOf(startsAt, timeZone).date)]
  const count = visits.data.length
  return (
    <section className="n-calendar__unassigned n-panel" aria-label="Visits that need a provider">
      <p>
        <IconUserQuestion size={20} stroke={1.75} color="var(--n-warn)" aria-hidden />
        <strong>
          {count} {count === 1 ? 'visit needs' : 'visits need'} a provider.
        </strong>{' '}
        Whoever was to treat them works here no more: drag each to somebody else.
      </p>
      <div>
        {days.map(([date, those]) => (
          <Button key={date} variant="default" onClick={() => onOpen(date)}>
            {formatPlainDate(date)} ({those.length})
          </Button>
        ))}
      </div>
    </section>
  )
}
