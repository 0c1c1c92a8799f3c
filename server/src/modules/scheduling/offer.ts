import { invalid } from '#kernel/errors.ts'
import type { LocationId, UserId } from '#kernel/id.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { location, service, serviceProvider, workingHours, type ServiceId } from '#schema/practices'
import type { z } from 'zod'
import { appointment } from './schema.ts'
import { addDays, dateIn, datesFrom, freeTimes, localDay, type FreeDay } from './slots.ts'

/** Nobody books further ahead than this by herself. */
const MOST_DAYS_AHEAD = 180
/** A visit that began this long before a day may still be going on: the longest service. */
const LONGEST_VISIT_MS = 8 * 60 * 60_000
/** More than a large practice can hold in two weeks: a list that was cut short would offer times that are taken. */
const MOST_BUSY = 20_000
const TAKES_TIME = ['booked', 'checked-in', 'in-treatment', 'done']

export interface OfferQuestion {
  serviceId: z.infer<typeof ServiceId>
  locationId: z.infer<typeof LocationId>
  providerId: z.infer<typeof UserId> | 'any'
  from?: string | undefined
  days: number
}
export interface Offered {
  place: Value<typeof location>
  what: Value<typeof service>
  days: FreeDay[]
  /** Of the providers asked about, by id: how many visits each has in these days. */
  load: Map<string, number>
}

/** Everything that does not depend on the calendar, in one round trip. */
const readPlan = async (tx: Tx, { serviceId, locationId }: OfferQuestion) => {
  const [place, what, performed, team, hours] = await Promise.all([
    tx.find(location, { id: locationId }),
    tx.find(service, { id: serviceId, active: true, onlineBooking: true }),
    tx.list(serviceProvider, { serviceId }),
    tx.list(user, { isProvider: true, active: true }, { open: [] }),
    tx.list(workingHours, { locationId }),
  ])
  if (!place) throw invalid([{ path: 'locationId', message: 'There is no such location.' }])
  if (!what) throw invalid([{ path: 'serviceId', message: 'This service cannot be booked online.' }])
  const able = new Set(performed.map((p) => p.userId))
  const providers = team.filter((u) => able.has(u.id) && u.locationIds.includes(locationId)).map((u) => u.id)
  return { place, what, providers, hours }
}

/**
 * What is offered online: start times with who is free then. Busy times are looked at across patients, and nothing of theirs is opened.
 * @throws 422 when there is no such place, service or provider
 */
export const readOffer = async (tx: Tx, question: OfferQuestion): Promise<Offered> => {
  const { place, what, providers, hours } = await readPlan(tx, question)
  const { providerId, days } = question
  if (providerId !== 'any' && !providers.includes(providerId))
    throw invalid([{ path: 'providerId', message: 'This provider does not perform this service here.' }])
  const asked = providerId === 'any' ? providers : [providerId]
  const { timeZone } = place
  const today = dateIn(timeZone, tx.now)
  const first = question.from && question.from > today ? question.from : today
  const lastBookable = addDays(today, MOST_DAYS_AHEAD)
  const wanted = datesFrom(first, days).filter((date) => date <= lastBookable)
  const startMs = localDay(first, timeZone).startMs
  const endMs = localDay(wanted.at(-1) ?? first, timeZone).endMs
  const busy = await tx.list(appointment, {
    providerId: oneOf(asked),
    startsAt: within(new Date(startMs - LONGEST_VISIT_MS).toISOString(), new Date(endMs).toISOString()),
    state: oneOf(TAKES_TIME),
  }, { only: ['providerId', 'startsAt', 'endsAt'], limit: MOST_BUSY })
  const shifts = hours.filter((h) => asked.includes(h.userId))
  const load = new Map(asked.map((p) => [String(p), busy.filter((b) => b.providerId === p).length]))
  return { place, what, days: freeTimes({ timeZone, from: first, days: wanted.length, minutes: what.minutes, now: tx.now, shifts, busy }), load }
}

/** Where the day of an instant begins for this place: the day to ask the offer for. */
export const dayOf = async (tx: Tx, locationId: z.infer<typeof LocationId>, instant: string): Promise<string> => {
  const place = await tx.find(location, { id: locationId })
  if (!place) throw invalid([{ path: 'locationId', message: 'There is no such location.' }])
  return dateIn(place.timeZone, instant)
}
