import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { notFound } from '#kernel/errors.ts'
import type { PatientId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { from, oneOf, other, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { UserId as UserIdType, user } from '#schema/identity'
import { OfPatient, patient, PatientLine } from '#schema/patients'
import { location, LocationId, service, workingHours } from '#schema/practices'
import { worksHere } from './policy.ts'
import { appointment, CalendarDay, DayQuestion, FoundPatient, MyDay, NextVisit, PatientVisit, referenceOf } from './schema.ts'
import { dateIn, localDay } from './slots.ts'

const NAME = ['givenName', 'familyName', 'calledName'] as const
const LINE = [...NAME, 'birthDate'] as const
const SHOWN = ['providerId', 'serviceId', 'startsAt', 'endsAt', 'state', 'paidAt'] as const
const MOST_VISITS = 200
const MOST_FOUND = 20

type Named = Pick<z.infer<typeof PatientLine>, 'givenName' | 'familyName' | 'calledName'>
/** As she is called. */
const nameOf = ({ givenName, familyName, calledName }: Named) => `${calledName || givenName} ${familyName}`
const by = <T extends { id: string }>(rows: readonly T[]) => new Map<string, T>(rows.map((row) => [row.id, row]))
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]
const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId

const dayAt = async (tx: Tx, { locationId, date }: z.infer<typeof DayQuestion>) => {
  const { timeZone } = await tx.get(location, { id: locationId })
  const { startMs, endMs, weekday } = localDay(date, timeZone)
  return { timeZone, weekday, day: within(new Date(startMs).toISOString(), new Date(endMs).toISOString()) }
}

type Id = z.infer<typeof PatientId>
const namesOf = async <Open extends (typeof LINE)[number]>(tx: Tx, ids: readonly Id[], open: readonly Open[]) =>
  by(ids.length === 0 ? [] : await tx.list(patient, { id: oneOf(unique(ids)) }, { open, only: [] }))

interface HoursRow {
  userId: string
  fromMinute: number
  toMinute: number
}
const hoursOf = (hours: readonly HoursRow[], userId: string) =>
  hours.filter((h) => h.userId === userId).map(({ fromMinute, toMinute }) => ({ fromMinute, toMinute }))

/** A location's day: a column for each provider, and who comes when. Names are opened, nothing else. Cancelled visits are left out. */
export const calendarDay = action({
  name: 'calendar.day',
  does: "see a day's visits at a location",
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  input: DayQuestion,
  output: CalendarDay,
  run: async (tx, question) => {
    const { locationId } = question
    const { timeZone, weekday, day } = await dayAt(tx, question)
    const [visits, team, hours, services] = await Promise.all([
      tx.list(appointment, { locationId, startsAt: day, state: other('cancelled') }, { only: SHOWN, orderBy: 'startsAt' }),
      tx.list(user, { isProvider: true }, { open: ['name'], only: ['credential', 'active', 'locationIds'] }),
      tx.list(workingHours, { locationId, weekday }),
      tx.list(service, {}),
    ])
    const people = await namesOf(tx, visits.map((v) => v.patientId), NAME)
    const named = by(services)
    const booked = new Set<string>(visits.map((v) => v.providerId))
    const working = new Set<string>(team.filter((u) => u.active).map((u) => u.id))
    const isAhead = (v: (typeof visits)[number]) => v.state === 'booked' || v.state === 'checked-in'
    const providers = team
      .filter((u) => booked.has(u.id) || (u.active && u.locationIds.includes(locationId)))
      .map((u) => ({ ...u, hours: hoursOf(hours, u.id) }))
      .toSorted((a, b) => a.name.localeCompare(b.name))
    return {
      timeZone,
      providers,
      visits: visits.flatMap((v) => {
        const person = people.get(v.patientId)
        return person ? [{ ...v, patientName: nameOf(person), serviceName: named.get(v.serviceId)?.name ?? '', reference: referenceOf(v.id), needsProvider: isAhead(v) && !working.has(v.providerId) }] : []
      }),
    }
  },
})

/** The visits of whoever asks. */
export const myDay = action({
  name: 'my.day',
  does: 'see her own visits of a day',
  purpose: 'treatment',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  input: DayQuestion,
  output: MyDay,
  run: async (tx, question) => {
    const { timeZone, day } = await dayAt(tx, question)
    const providerId = UserIdType.parse(tx.actor.id)
    const [visits, services] = await Promise.all([
      tx.list(appointment, { locationId: question.locationId, providerId, startsAt: day, state: other('cancelled') }, { orderBy: 'startsAt' }),
      tx.list(service, {}),
    ])
    const people = await namesOf(tx, visits.map((v) => v.patientId), LINE)
    const named = by(services)
    return {
      timeZone,
      visits: visits.flatMap((v) => {
        const person = people.get(v.patientId)
        return person ? [{ ...v, patientName: nameOf(person), birthDate: person.birthDate, serviceName: named.get(v.serviceId)?.name ?? '' }] : []
      }),
    }
  },
})

const AHEAD = ['booked', 'checked-in', 'in-treatment']

export const nextVisit = action({
  name: 'appointment.next',
  does: "see when a patient's next visit is",
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfPatient,
  output: NextVisit,
  run: async (tx, { patientId }) => {
    const [next] = await tx.list(appointment, { patientId, startsAt: from(tx.now), state: oneOf(AHEAD) }, { orderBy: 'startsAt', limit: 1 })
    return next ? { startsAt: next.startsAt } : {}
  },
})

const providerNames = async (tx: Tx, ids: readonly z.infer<typeof UserId>[]) =>
  by(ids.length === 0 ? [] : await tx.list(user, { id: oneOf(unique(ids)) }, { open: ['name'], only: [] }))

/** Her visits, the latest first: when, with whom, for what and how far. Nothing of what was done. */
export const visitsOfPatient = action({
  name: 'patient.visits',
  does: "see a patient's visits",
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfPatient,
  output: z.array(PatientVisit),
  run: async (tx, { patientId }) => {
    const [visits, services, isKnown] = await Promise.all([
      tx.list(appointment, { patientId }, { orderBy: 'startsAt', descending: true, limit: MOST_VISITS }),
      tx.list(service, {}),
      tx.has(patient, { id: patientId }),
    ])
    if (!isKnown) throw notFound('patient')
    const team = await providerNames(tx, visits.map((v) => v.providerId))
    const named = by(services)
    return visits.map((v) => ({
      ...v, serviceName: named.get(v.serviceId)?.name ?? '', providerName: team.get(v.providerId)?.name ?? '', reference: referenceOf(v.id),
    }))
  },
})

/**
 * Finds a patient as the desk does: whoever is expected today comes first, then everybody else, each with her next visit. Two letters are
 * enough.
 */
export const findAtDesk = action({
  name: 'desk.find',
  does: 'find a patient, those expected today first',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  input: z.object({ q: z.string().trim().min(2).max(100), locationId: LocationId }),
  output: z.array(FoundPatient),
  run: async (tx, { q, locationId }) => {
    const { timeZone } = await tx.get(location, { id: locationId })
    const today = localDay(dateIn(timeZone, tx.now), timeZone)
    const dayStart = new Date(today.startMs).toISOString()
    const expected = await tx.list(appointment, { locationId, startsAt: within(dayStart, new Date(today.endMs).toISOString()), state: other('cancelled') }, { only: [] })
    const among = unique(expected.map((v) => v.patientId))
    const [todays, everybody] = await Promise.all([
      among.length === 0 ? [] : tx.search(patient, q, { open: LINE, only: [], limit: MOST_FOUND, among }),
      tx.search(patient, q, { open: LINE, only: [], limit: MOST_FOUND }),
    ])
    const found = [...by([...todays, ...everybody]).values()].slice(0, MOST_FOUND)
    const ahead =
      found.length === 0
        ? []
        : await tx.list(appointment, { patientId: oneOf(found.map((p) => p.id)), startsAt: from(dayStart), state: oneOf(AHEAD) }, { only: ['startsAt'], orderBy: 'startsAt', descending: true })
    // The latest first, so that the next one is what stays in the map.
    const next = new Map(ahead.map((v) => [v.patientId, v.startsAt]))
    return found.map((p) => {
      const nextVisitAt = next.get(p.id)
      return { id: p.id, name: nameOf(p), birthDate: p.birthDate, ...(nextVisitAt ? { nextVisitAt } : {}) }
    })
  },
})
