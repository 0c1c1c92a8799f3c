import { z } from 'zod'
import { operator } from '#kernel/roles.ts'
import { Problem } from '#kernel/errors.ts'
import { fillForms } from './demo-forms.ts'
import { Anything, does, instantAt, Made, type DemoPractice } from './demo-hands.ts'
import { PEOPLE, reachable, type DemoPerson } from './demo-people.ts'

export type PatientIds = ReadonlyMap<DemoPerson, string>

const Visits = z.object({ visits: z.array(z.object({ patientId: z.string() })) })

/** The demo's patients, made when they are not there yet. */
export const patientsOf = async ({ app, desk, locationId }: DemoPractice): Promise<PatientIds> => {
  const maker = operator(desk.practiceId, 'demo', ['patient.find', 'patient.create'])
  const known = new Map<DemoPerson, string>()
  for (const [place, person] of PEOPLE.entries()) {
    const { givenName, familyName, birthDate, sexAtBirth } = person
    const [found] = await does(app, maker, 'patient.find', { q: `${familyName} ${birthDate}` }, z.array(Made))
    const { id } = found ?? (await does(app, maker, 'patient.create', { givenName, familyName, birthDate, sexAtBirth, locationId, ...reachable(person, place) }, Made))
    known.set(person, id)
  }
  return known
}

export const book = async (practice: DemoPractice, patientId: string, { column, service, startsAt }: { column: number; service: string; startsAt: string }) => {
  const { app, desk, locationId, providers, serviceIds } = practice
  const provider = providers[column]
  const serviceId = serviceIds.get(service)
  if (!provider || !serviceId) return undefined
  try {
    const { id: appointmentId } = await does(app, desk, 'appointment.book', { patientId, locationId, providerId: provider.id, serviceId, startsAt }, Made)
    return { appointmentId, patientId, provider }
  } catch (error) {
    // The newcomer has booked somebody there already, or changed who works: the day is hers.
    if (error instanceof Problem && error.status < 500) return undefined
    throw error
  }
}
export type Booked = NonNullable<Awaited<ReturnType<typeof book>>>

/** Lines as the desk would write them; the rest of the total is a discount. */
export const checkOut = async ({ app, desk }: DemoPractice, { patientId, appointmentId }: Omit<Booked, 'provider'>, line: { description: string; quantity: number; unitCents: number; discountCents: number }) => {
  const { id: saleId } = await does(app, desk, 'checkout.open', { patientId, appointmentId }, Made)
  await does(app, desk, 'checkout.lines', { saleId, patientId, lines: [line] }, Anything)
  const amountCents = line.quantity * line.unitCents - line.discountCents
  await does(app, desk, 'checkout.pay', { saleId, patientId, payments: [{ method: 'external-terminal', amountCents, reference: 'Slip 4117' }] }, Anything)
}

const goOn = async (practice: DemoPractice, visit: Booked, { today: { stage } }: DemoPerson) => {
  const { app, desk } = practice
  const { appointmentId, patientId, provider } = visit
  const which = { appointmentId, patientId }
  if (stage === 'booked') return
  await does(app, desk, 'appointment.check-in', which, Anything)
  if (stage === 'checked in') return
  await does(app, provider, 'appointment.start', which, Anything)
  if (stage === 'in treatment') return
  await does(app, provider, 'appointment.finish', which, Anything)
  await checkOut(practice, visit, { description: 'Lip filler, 1 mL', quantity: 1, unitCents: 78_000, discountCents: 3_000 })
}

/** Books whoever has no visit today, and lets the day begin. Returns today's visits that were made now. */
export const fillDay = async (practice: DemoPractice, patients: PatientIds): Promise<ReadonlyMap<DemoPerson, Booked>> => {
  const { app, desk, locationId, today } = practice
  const { visits } = await does(app, desk, 'calendar.day', { locationId, date: today.toString() }, Visits)
  const hasVisit = new Set(visits.map((v) => v.patientId))
  const made = new Map<DemoPerson, Booked>()
  for (const [person, patientId] of patients) {
    if (hasVisit.has(patientId)) continue
    const { column, time, service } = person.today
    const visit = await book(practice, patientId, { column, service, startsAt: instantAt(practice, today, time) })
    if (!visit) continue
    if (person.forms !== 'only sent') await fillForms(practice, { ...visit, person })
    await goOn(practice, visit, person)
    made.set(person, visit)
  }
  return made
}
