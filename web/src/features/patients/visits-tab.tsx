import { Button } from '@mantine/core'
import { IconCalendarHeart } from '@tabler/icons-react'
import type { operations } from '../../api.gen'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatTimeRange } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { visitLooks } from '../../ui/visit-status.ts'
import { dayMinuteOf } from '../../ui/zoned-day.ts'
import { useVisitStep } from '../calendar/visit-actions.ts'
import { statusOf } from '../calendar/visit-look.ts'

export type PatientVisit = operations['patient.visits']['responses'][200]['content']['application/json'][number]

interface VisitsTabProps {
  patientId: string
  visits: readonly PatientVisit[] | undefined
  error: unknown
  onRetry: () => void
  timeZone: string
  mayWork: boolean
}

/** Her visits, those ahead first. */
export function VisitsTab({ patientId, visits, error, onRetry, timeZone, mayWork }: VisitsTabProps) {
  const go = useGo()
  if (error) return <ErrorNotice error={error} onRetry={onRetry} onFix={go} />
  if (!visits) return <SkeletonRows rows={4} label="Loading visits" />
  if (visits.length === 0)
    return <EmptyState icon={IconCalendarHeart} title="No visits yet" hint="What is booked for this patient appears here." />
  const now = new Date().toISOString()
  const isAhead = ({ endsAt, state }: PatientVisit) => Date.parse(endsAt) > Date.parse(now) && state !== 'cancelled' && state !== 'no-show'
  const ahead = visits.filter(isAhead).toReversed()
  const past = visits.filter((visit) => !isAhead(visit))
  const list = (title: string, some: readonly PatientVisit[]) =>
    some.length > 0 && (
      <section className="n-visits" aria-label={title}>
        <h2>{title}</h2>
        <ul>
          {some.map((visit) => (
            <VisitLine key={visit.id} visit={visit} patientId={patientId} timeZone={timeZone} mayWork={mayWork} />
          ))}
        </ul>
      </section>
    )
  return (
    <>
      {list('Now and ahead', ahead)}
      {list('Before', past)}
    </>
  )
}

function VisitLine({ visit, patientId, timeZone, mayWork }: { visit: PatientVisit; patientId: string; timeZone: string; mayWork: boolean }) {
  const go = useGo()
  const step = useVisitStep()
  const look = visitLooks[statusOf(visit)]
  const { date } = dayMinuteOf(visit.startsAt, timeZone)
  return (
    <li className="n-visits__line">
      <span className="n-visits__when n-figures">
        <strong>{formatDate(visit.startsAt, { timeZone })}</strong>
        <span>{formatTimeRange(visit.startsAt, visit.endsAt, { timeZone })}</span>
      </span>
      <span className="n-visits__what">
        <strong>{visit.serviceName}</strong>
        <span>
          {visit.providerName} · {visit.reference}
          {visit.source === 'online' && ' · booked online'}
        </span>
      </span>
      <StatusChip tone={look.tone} label={look.label} icon={look.icon} />
      <span className="n-visits__do">
        {mayWork && (visit.state === 'cancelled' || visit.state === 'no-show') && Date.parse(visit.startsAt) > Date.now() && (
          <Button variant="subtle" size="sm" loading={step.isPending} onClick={() => step.mutate({ visit: { id: visit.id, patientId }, what: 'reopen' })}>
            Book again
          </Button>
        )}
        <Button variant="subtle" size="sm" onClick={() => go(`/calendar?date=${date}&visit=${visit.id}`)}>
          In the calendar
        </Button>
      </span>
    </li>
  )
}
