import { Button, Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCalendarPlus } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { DayBar } from '../../ui/day-bar.tsx'
import { DayCalendar } from '../../ui/day-calendar.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatTime } from '../../ui/format.ts'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { dayMinuteOf, todayIn } from '../../ui/zoned-day.ts'
import { BookVisit, nextQuarter, type Slot } from './book-visit.tsx'
import { columnsOf, eventsOf, formsOf, useCalendarDay, useFormsOfDay, useMove, type Day, type Visit } from './calendar-day.ts'
import { toast } from './toast.tsx'
import { Unassigned } from './unassigned.tsx'
import { VisitPanel, type VisitPanelProps } from './visit-panel.tsx'
import './calendar.css'

const tickMs = 30_000
const latestOpeningMinute = 10 * 60

/** The desk's home: a day of this location, a column for each provider. Providers and owners look at it, the desk works in it. */
export function CalendarPage() {
  const location = useLocation()
  const { user } = useSession()
  const go = useGo()
  const now = useNow()
  const today = todayIn(location.timeZone, now)
  const [chosen, setDate] = useUrlChoice('date')
  const date = chosen ?? today
  const [visitId, setVisitId] = useUrlChoice('visit')
  const [slot, setSlot] = useState<Slot>()
  const day = useCalendarDay(location.id, date)
  const forms = useFormsOfDay(location.id, date)
  const move = useMove(location.id, date, day.data)
  const role: VisitPanelProps['role'] = user.grants.has('appointment.check-in') ? 'desk' : user.grants.has('appointment.start') ? 'provider' : 'onlooker'
  const visit = day.data?.visits.find(({ id }) => id === visitId)
  const freshSlot = (): Slot => {
    const opening = Math.min(...(day.data?.providers ?? []).flatMap(({ hours }) => hours.map(({ fromMinute }) => fromMinute)), latestOpeningMinute)
    return { date, minute: date === today ? Math.max(opening, nextQuarter(location.timeZone).minute) : opening }
  }
  const close = () => {
    setVisitId(undefined)
    document.querySelector<HTMLElement>(`[data-event="${CSS.escape(visitId ?? '')}"]`)?.focus()
  }
  const desk = role === 'desk'
  return (
    <div className="n-calendar">
      <DayBar date={date} today={today} onChange={(to) => setDate(to === today ? undefined : to)}>
        {day.data && !day.isPlaceholderData && <Summary visits={day.data.visits} />}
        {desk && (
          <Button leftSection={<IconCalendarPlus size={18} stroke={1.75} />} onClick={() => setSlot(freshSlot())}>
            Book
          </Button>
        )}
      </DayBar>
      {user.grants.has('appointment.unassigned') && <Unassigned locationId={location.id} timeZone={location.timeZone} onOpen={(to) => setDate(to === today ? undefined : to)} />}
      {day.error && (!day.data || day.isPlaceholderData) && <ErrorNotice error={day.error} onRetry={() => void day.refetch()} onFix={go} />}
      {day.isPending && <SkeletonPage label="Loading the calendar" />}
      {day.data && !(day.error && day.isPlaceholderData) && (
        <div className="n-calendar__body">
          <DayCalendar
            date={date}
            timeZone={day.data.timeZone}
            providers={columnsOf(day.data)}
            events={day.isPlaceholderData ? undefined : eventsOf(day.data, forms.data)}
            now={now}
            onOpen={({ id }) => setVisitId(id)}
            {...(desk && {
              onMove: move,
              onPickSlot: ({ providerId, startsAt }) => setSlot({ providerId, ...dayMinuteOf(startsAt, location.timeZone) }),
            })}
            empty={{
              title: date === today ? 'No visits today' : 'No visits on this day',
              hint: desk ? 'Click on a free time to book one.' : 'What is booked here appears on this page.',
            }}
          />
          {visit && <Beside visit={visit} day={day.data} forms={formsOf(forms.data, visit.id)} role={role} timeZone={day.data.timeZone} onClose={close} />}
        </div>
      )}
      {slot && day.data && (
        <BookVisit
          slot={slot}
          place={location}
          providers={day.data.providers}
          onClose={() => setSlot(undefined)}
          onBooked={(booked) => {
            setSlot(undefined)
            const at = dayMinuteOf(booked.startsAt, location.timeZone).date
            if (at !== date) setDate(at === today ? undefined : at)
            toast({ message: `Booked for ${formatTime(booked.startsAt, { timeZone: location.timeZone })}.` })
          }}
        />
      )}
    </div>
  )
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), tickMs)
    return () => clearInterval(timer)
  }, [])
  return now
}

function Summary({ visits }: { visits: readonly Visit[] }) {
  const here = visits.filter(({ state }) => state === 'checked-in' || state === 'in-treatment').length
  return (
    <p className="n-calendar__summary n-figures">
      <strong>{visits.length}</strong> {visits.length === 1 ? 'visit' : 'visits'} · <strong>{here}</strong> here
    </p>
  )
}

/** Beside the calendar where there is room, over it where there is not. */
function Beside({ day, ...panel }: Omit<VisitPanelProps, 'providerName'> & { day: Day }) {
  const hasRoom = useMediaQuery('(min-width: 1280px)', true, { getInitialValueInEffect: false })
  const providerName = day.providers.find(({ id }) => id === panel.visit.providerId)?.name ?? ''
  if (hasRoom)
    return (
      <aside className="n-calendar__side n-panel">
        <VisitPanel {...panel} providerName={providerName} />
      </aside>
    )
  return (
    <Drawer opened onClose={panel.onClose} position="right" size={400} withCloseButton={false} aria-label="Visit" transitionProps={{ duration: 120 }}>
      <VisitPanel {...panel} providerName={providerName} />
    </Drawer>
  )
}
