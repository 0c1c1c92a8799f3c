import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCalendarHeart, IconChevronRight, IconClipboardOff } from '@tabler/icons-react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client'
import { useGo, useLocation } from '../../place.ts'
import { DayBar } from '../../ui/day-bar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ageInYears, formatPlainDate, formatTime } from '../../ui/format.ts'
import { PatientName } from '../../ui/privacy.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { todayIn } from '../../ui/zoned-day.ts'
import { alertLooks, kindNames } from '../chart/alert-looks.ts'
import { lookOf } from '../chart/visit-states.ts'
import './my-day.css'

type Day = operations['my.day']['responses']['200']['content']['application/json']
type Visit = Day['visits'][number]
type Hint = operations['alert.day']['responses']['200']['content']['application/json'][number]

const askAgainMs = 20_000

/** A provider's home: her visits of a day in order, who is here, and whose alerts to read first. */
export function MyDayPage() {
  const { id: locationId, timeZone } = useLocation()
  const go = useGo()
  const today = todayIn(timeZone)
  const [chosen, setDate] = useUrlChoice('date')
  const date = chosen ?? today
  const question = { params: { query: { locationId, date } }, headers: { 'Nacre-Background': '1' } }
  const day = useQuery({
    queryKey: ['my-day', locationId, date],
    queryFn: () => data(api.GET('/api/my-day', question)),
    refetchInterval: askAgainMs,
  })
  const hints = useQuery({
    queryKey: ['my-day-alerts', locationId, date],
    queryFn: () => data(api.GET('/api/my-day/alerts', question)),
    staleTime: 5 * 60_000,
  })
  const visits = day.data?.visits ?? []
  const next = date === today ? nextOf(visits) : undefined
  return (
    <div className="n-myday">
      <DayBar date={date} today={today} onChange={(to) => setDate(to === today ? undefined : to)}>
        {day.data && visits.length > 0 && <Summary visits={visits} />}
      </DayBar>
      {day.isPending && <SkeletonRows rows={5} label="Loading your day" />}
      {day.error && <ErrorNotice error={day.error} onRetry={() => void day.refetch()} onFix={go} />}
      {day.data && visits.length === 0 && (
        <EmptyState
          icon={IconCalendarHeart}
          title={date === today ? 'No visits with you today' : 'No visits with you on this day'}
          hint="What is booked with you at this location appears here."
          action={{ label: 'Open the calendar', onClick: () => go('/calendar') }}
        />
      )}
      <ol className="n-myday__list">
        {visits.map((visit) => (
          <VisitRow
            key={visit.id}
            visit={visit}
            hint={hints.data?.find(({ patientId }) => patientId === visit.patientId)}
            isNext={visit.id === next?.id}
            timeZone={timeZone}
            today={today}
          />
        ))}
      </ol>
    </div>
  )
}

/** Who is being treated; else who has arrived; else who comes next. */
const nextOf = (visits: readonly Visit[]): Visit | undefined => {
  const order = ['in-treatment', 'checked-in', 'booked'] as const
  return order.map((state) => visits.find((visit) => visit.state === state)).find((visit) => visit !== undefined)
}

function Summary({ visits }: { visits: readonly Visit[] }) {
  const count = (...states: Visit['state'][]) => visits.filter(({ state }) => states.includes(state)).length
  return (
    <p className="n-myday__summary">
      <strong>{visits.length}</strong> {visits.length === 1 ? 'visit' : 'visits'} ·{' '}
      <strong>{count('checked-in')}</strong> here · <strong>{count('done')}</strong> done
    </p>
  )
}

interface VisitRowProps {
  visit: Visit
  hint: Hint | undefined
  isNext: boolean
  timeZone: string
  today: string
}

function VisitRow({ visit, hint, isNext, timeZone, today }: VisitRowProps) {
  const { label, tone, icon } = lookOf(visit.state)
  const isOver = visit.state === 'done' || visit.state === 'no-show'
  return (
    <li>
      <Link
        className="n-visit-row n-panel"
        data-next={isNext}
        data-over={isOver}
        to="/patients/$patientId/chart"
        params={{ patientId: visit.patientId }}
      >
        <span className="n-visit-row__time n-figures">
          <strong>{formatTime(visit.startsAt, { timeZone })}</strong>
          <span>{formatTime(visit.endsAt, { timeZone })}</span>
        </span>
        <span className="n-visit-row__who">
          <strong>
            <PatientName name={visit.patientName} />
          </strong>
          <span>
            {formatPlainDate(visit.birthDate)} · {ageInYears(visit.birthDate, today)} years · {visit.serviceName}
          </span>
        </span>
        <span className="n-visit-row__chips">
          {hint && <Hints hint={hint} />}
          <StatusChip tone={tone} label={label} icon={icon} />
        </span>
        <IconChevronRight size={20} stroke={1.75} aria-hidden />
      </Link>
    </li>
  )
}

function Hints({ hint }: { hint: Hint }) {
  if (hint.worst === undefined)
    return hint.hasIntake ? null : <StatusChip tone="neutral" label="No questionnaire" icon={IconClipboardOff} />
  const { tone, icon } = alertLooks[hint.worst]
  const [first, second, ...more] = hint.kinds.map((kind) => kindNames[kind])
  return (
    <StatusChip
      tone={tone}
      icon={icon}
      label={[first, second, more.length > 0 ? `${more.length} more` : undefined].filter(Boolean).join(' · ')}
    />
  )
}
