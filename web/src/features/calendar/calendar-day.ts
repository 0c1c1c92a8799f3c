import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client'
import type { CalendarEvent, CalendarProvider, EventMove } from '../../ui/day-calendar.tsx'
import { formatTime } from '../../ui/format.ts'
import type { FormsState } from '../../ui/visit-status.ts'
import { statusOf } from './visit-look.ts'
import { undoable } from './toast.tsx'
import { failedToast, moveVisit, useVisitsChanged, type Move } from './visit-actions.ts'

export type Day = operations['calendar.day']['responses'][200]['content']['application/json']
export type Visit = Day['visits'][number]
type FormsOfDay = operations['forms.day']['responses'][200]['content']['application/json']

const askAgainMs = 15_000
const dayKey = (locationId: string, date: string) => ['calendar-day', locationId, date] as const

/** A day that keeps itself up to date. Only the first question counts as somebody being here. */
export const useCalendarDay = (locationId: string, date: string) => {
  const queries = useQueryClient()
  const queryKey = dayKey(locationId, date)
  const params = { query: { locationId, date } }
  return useQuery({
    queryKey,
    queryFn: () =>
      data(api.GET('/api/calendar/day', { params, ...(queries.getQueryData(queryKey) ? { headers: { 'Nacre-Background': '1' } } : {}) })),
    refetchInterval: askAgainMs,
    staleTime: 5000,
    // The columns stay while another day comes.
    placeholderData: keepPreviousData,
  })
}

/** How far the forms of each visit are; nothing for those whose role does not include it. */
export const useFormsOfDay = (locationId: string, date: string) =>
  useQuery({
    queryKey: ['forms-day', locationId, date],
    queryFn: () => data(api.GET('/api/forms/day', { params: { query: { locationId, date } }, headers: { 'Nacre-Background': '1' } })),
    refetchInterval: askAgainMs,
    retry: false,
  })

const formsLook: Record<FormsOfDay[number]['state'], FormsState> = { none: 'missing', sent: 'sent', started: 'started', done: 'complete' }

export const formsOf = (forms: FormsOfDay | undefined, visitId: string): FormsState => {
  const found = forms?.find(({ appointmentId }) => appointmentId === visitId)
  return found ? formsLook[found.state] : 'none'
}

export const columnsOf = (day: Day): CalendarProvider[] =>
  day.providers.map(({ id, name, credential, hours }) => ({
    id,
    name,
    ...(credential && { title: credential }),
    hours: hours.map(({ fromMinute, toMinute }) => ({ startMinute: fromMinute, endMinute: toMinute })),
  }))

export const eventsOf = (day: Day, forms: FormsOfDay | undefined): CalendarEvent[] =>
  day.visits.map((visit) => ({
    id: visit.id,
    providerId: visit.providerId,
    startsAt: visit.startsAt,
    endsAt: visit.endsAt,
    patientName: visit.patientName,
    detail: visit.needsProvider ? `Needs a provider · ${visit.serviceName}` : visit.serviceName,
    status: statusOf(visit),
    forms: formsOf(forms, visit.id),
  }))

/** Moves a visit at once on the screen; the server's no puts it back and says why. */
export const useMove = (locationId: string, date: string, day: Day | undefined) => {
  const queries = useQueryClient()
  const changed = useVisitsChanged()
  const queryKey = dayKey(locationId, date)
  const move = useMutation({
    mutationFn: (to: Move) => moveVisit(to),
    onMutate: async ({ id, providerId, startsAt }) => {
      await queries.cancelQueries({ queryKey })
      queries.setQueryData<Day>(queryKey, (before) => before && { ...before, visits: before.visits.map((v) => (v.id === id ? moved(v, providerId, startsAt) : v)) })
    },
    onError: failedToast,
    onSettled: changed,
  })
  return ({ event, providerId, startsAt }: EventMove) => {
    const visit = day?.visits.find(({ id }) => id === event.id)
    if (!day || !visit) return
    const { id, patientId } = visit
    const back = { id, patientId, providerId: visit.providerId, startsAt: visit.startsAt }
    move.mutate(
      { id, patientId, providerId, startsAt },
      { onSuccess: () => undoable(`move-${id}`, `Moved to ${formatTime(startsAt, { timeZone: day.timeZone })}.`, () => move.mutate(back)) },
    )
  }
}

const moved = (visit: Visit, providerId: string, startsAt: string): Visit => {
  const lengthMs = Date.parse(visit.endsAt) - Date.parse(visit.startsAt)
  return { ...visit, providerId, startsAt, endsAt: new Date(Date.parse(startsAt) + lengthMs).toISOString() }
}
