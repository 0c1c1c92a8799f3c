import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { PracticeId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { patient } from '#schema/patients'
import { location, practice, service, serviceProvider } from '#schema/practices'
import { appointmentBooked } from './events.ts'
import { dayOf, readOffer, type Offered } from './offer.ts'
import { isSamePerson } from './same-person.ts'
import { appointment, AppointmentId, BookingCatalogue, BookingConfirmation, BookingRequest, FreeSlots, referenceOf, SlotQuestion } from './schema.ts'
import { newId } from '#kernel/id.ts'

const TAKEN = 'That time was just taken. Nothing was booked; choose another.'
const EARLIEST_BIRTH = '1900-01-01'
const MOST_ALIKE = 20

export const bookingCatalogue = action({
  name: 'booking.catalogue',
  does: 'see what can be booked online',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: BookingCatalogue,
  run: async (tx) => {
    const [home, locations, services, performed, team] = await Promise.all([
      tx.get(practice, { id: PracticeId.parse(tx.practiceId) }),
      tx.list(location, {}, { orderBy: 'name' }),
      tx.list(service, { active: true, onlineBooking: true }, { orderBy: 'name' }),
      tx.list(serviceProvider, {}),
      tx.list(user, { isProvider: true, active: true }, { open: ['name'] }),
    ])
    const working = new Set(team.map((u) => u.id))
    const offered = services
      .map((s) => ({ ...s, providerIds: performed.filter((p) => p.serviceId === s.id && working.has(p.userId)).map((p) => p.userId) }))
      .filter((s) => s.providerIds.length > 0)
    const able = new Set(offered.flatMap((s) => s.providerIds))
    const providers = team.filter((u) => able.has(u.id)).toSorted((a, b) => a.name.localeCompare(b.name))
    return { practice: home, locations, services: offered, providers }
  },
})

export const bookingSlots = action({
  name: 'booking.slots',
  does: 'see which times are free',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: SlotQuestion,
  output: FreeSlots,
  run: async (tx, question) => {
    const { place, what, days } = await readOffer(tx, question)
    return {
      timeZone: place.timeZone,
      minutes: what.minutes,
      days: days.map(({ date, times }) => ({ date, times: times.map((t) => new Date(t.startsAtMs).toISOString()) })),
    }
  },
})

type Request = z.infer<typeof BookingRequest>

const withinReason = (input: Request, today: string): Request => {
  const phone = parsePhoneNumberFromString(input.phone, 'US')
  const errors = [
    ...(phone?.isValid() ? [] : [{ path: 'phone', message: 'This is not a phone number we can call. Please check it.' }]),
    ...(input.birthDate > today || input.birthDate < EARLIEST_BIRTH ? [{ path: 'birthDate', message: 'Please check the birth date.' }] : []),
  ]
  if (errors.length > 0) throw invalid(errors, 'Please check what you entered. Nothing was booked.')
  return { ...input, email: input.email.toLowerCase(), phone: phone?.number ?? input.phone }
}

/** Few visits first; among equals a different one for each request, so that two who book at once seldom get the same. */
const spread = ({ load }: Offered, free: readonly string[], eventId: string): string | undefined => {
  const turn = eventId.charCodeAt(eventId.length - 1)
  const fewest = Math.min(...free.map((p) => load.get(p) ?? 0))
  const idle = free.filter((p) => load.get(p) === fewest).toSorted()
  return idle[turn % idle.length]
}

/** The provider of a time that is really offered: within hours, not too soon, free, and able to perform the service. */
const choose = async (tx: Tx, { serviceId, locationId, providerId, startsAt }: Request) => {
  const offer = await readOffer(tx, { serviceId, locationId, providerId, from: await dayOf(tx, locationId, startsAt), days: 1 })
  const startsAtMs = Date.parse(startsAt)
  const free = offer.days.flatMap((d) => d.times).find((t) => t.startsAtMs === startsAtMs)?.providerIds ?? []
  const chosen = free.length > 0 ? spread(offer, free, tx.eventId) : undefined
  if (!chosen) throw conflict(TAKEN)
  return { offer, providerId: UserId.parse(chosen), endsAt: new Date(startsAtMs + offer.what.minutes * 60_000).toISOString() }
}

/** A patient with this birth date and this e-mail address or phone, whose name it is. Only what must be compared is opened. */
const knownPatient = async (tx: Tx, who: Request) => {
  const alike = await Promise.all(
    [who.email, who.phone].map((contact) =>
      tx.search(patient, `${contact} ${who.birthDate}`, { open: ['givenName', 'familyName', 'calledName'], only: ['locationIds', 'createdAt'], limit: MOST_ALIKE })),
  )
  for (const people of alike) {
    const [oldest] = people.filter((known) => isSamePerson(who, known)).toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    if (oldest) return oldest
  }
  return undefined
}

/**
 * Books for whoever asks. What is answered is the same for a patient who is known and for one who is new, and what is on record of a known
 * one is not changed by somebody who has not shown that she is her.
 */
export const bookOnline = action({
  name: 'booking.book',
  does: 'book a visit online',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  clashes: { appointment_no_overlap: TAKEN },
  input: BookingRequest,
  output: BookingConfirmation,
  run: async (tx, asked) => {
    const who = withinReason(asked, tx.now.slice(0, 10))
    const { locationId, serviceId } = who
    const [known, { offer, providerId, endsAt }, home] = await Promise.all([
      knownPatient(tx, who), choose(tx, who), tx.get(practice, { id: PracticeId.parse(tx.practiceId) }),
    ])
    const patientId = known?.id ?? patient.fields.shape.id.parse(newId(patient.prefix))
    // The slot first: who loses it leaves no record and no key behind.
    const { id, startsAt } = await tx.add(appointment, {
      patientId, locationId, providerId, serviceId, startsAt: who.startsAt, endsAt, state: 'booked', source: 'online', createdAt: tx.now,
    })
    const { givenName, familyName, birthDate, email, phone, language } = who
    await Promise.all([
      tx.emit(appointmentBooked, { appointmentId: AppointmentId.parse(id), patientId }),
      !known && tx.add(patient, { id: patientId, locationIds: [locationId], givenName, familyName, birthDate, email, phone, language, createdAt: tx.now }),
      known && !known.locationIds.includes(locationId) && tx.change(patient, { id: known.id }, { locationIds: [...known.locationIds, locationId] }),
    ])
    return { reference: referenceOf(id), startsAt, endsAt, timeZone: offer.place.timeZone, practice: home, location: offer.place }
  },
})
