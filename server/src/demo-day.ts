import { Temporal } from 'temporal-polyfill'
import type { App } from './app.ts'
import type { Actor } from '#kernel/policy.ts'
import { grantsOf, operator } from '#kernel/roles.ts'
import { createPatient } from '#modules/patients'
import { bookAtDesk, checkIn, startVisit } from '#modules/scheduling'

/** People who do not exist, so that a new user finds a day at work. */
const PEOPLE = [
  ['Elena', 'Vasquez', '1984-03-02'], ['Grace', 'Oyelaran', '1991-11-19'], ['Hannah', 'Lindgren', '1978-07-30'], ['Priya', 'Raman', '1988-01-14'],
  ['Chloé', 'Dubois', '1995-09-05'], ['Marcus', 'Bell', '1972-12-21'], ['Yuki', 'Tanaka', '1990-05-08'], ['Zoë', 'Ångström', '1969-10-11'],
  ['Ines', 'Carvalho', '1983-06-17'], ['Talia', 'Rosen', '1999-02-26'], ['Bianca', 'Moretti', '1976-08-03'], ['Naomi', 'Adeyemi', '1993-04-22'],
] as const

/** Column (provider), time of the location's day, service. */
const DAY = [
  [0, '09:00', 'Consultation'], [0, '10:00', 'Neurotoxin treatment'], [0, '11:00', 'Dermal filler'], [0, '14:00', 'Neurotoxin treatment'],
  [1, '09:30', 'Laser hair removal'], [1, '10:30', 'Chemical peel'], [1, '13:00', 'Consultation'], [2, '09:00', 'Dermal filler'],
  [2, '11:30', 'Neurotoxin treatment'], [2, '15:00', 'Follow-up'], [3, '10:00', 'Consultation'], [3, '13:30', 'Neurotoxin treatment'],
] as const

export interface DemoPlace {
  practiceId: string
  locationId: string
  timeZone: string
  providers: { id: string; role: string }[]
  serviceIds: ReadonlyMap<string, string>
  /** The front desk of the demo, who books and checks in. */
  deskId: string
}

export const fillDemo = async (app: App, place: DemoPlace) => {
  const { practiceId, locationId, timeZone, providers, serviceIds, deskId } = place
  const maker = operator(practiceId, 'demo', ['patient.create'])
  const staff = (id: string, role: string): Actor => ({ kind: 'staff', id, practiceId, roles: [role], grants: grantsOf([role]), places: [locationId] })
  const desk = staff(deskId, 'front-desk')
  const today = Temporal.Now.plainDateISO(timeZone)
  for (const [i, [givenName, familyName, birthDate]] of PEOPLE.entries()) {
    const { id: patientId } = await app.perform(createPatient, maker, {
      givenName, familyName, birthDate, locationId, phone: `+1212555${String(2000 + i * 37)}`, email: `${familyName.normalize('NFD').replaceAll(/\W/g, '').toLowerCase()}@example.test`,
    })
    const [column, time, service] = DAY[i] ?? DAY[0]
    const provider = providers[column]
    const serviceId = serviceIds.get(service)
    if (!provider || !serviceId) continue
    const startsAt = today.toZonedDateTime({ timeZone, plainTime: time }).toInstant().toString({ smallestUnit: 'millisecond' })
    const visit = await app.perform(bookAtDesk, desk, { patientId, locationId, providerId: provider.id, serviceId, startsAt })
    // The first of each column has arrived, and one of them is being treated.
    if (time <= '09:30') await app.perform(checkIn, desk, { appointmentId: visit.id, patientId })
    if (i === 0) await app.perform(startVisit, staff(provider.id, provider.role), { appointmentId: visit.id, patientId })
  }
}
