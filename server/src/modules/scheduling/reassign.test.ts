import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '#kernel/id.ts'
import { changeService } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let owner: TestPerson
let desk: TestPerson
let leaving: TestPerson
let staying: TestPerson
let toxin: string
let laser: string
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'])
  desk = await s.person(['front-desk'])
  leaving = await s.person(['provider'], { isProvider: true, name: 'Lea Leaving' })
  staying = await s.person(['provider'], { isProvider: true, name: 'Sia Staying' })
  const service = { minutes: 30, priceCents: 100, onlineBooking: true, active: true }
  toxin = (await s.perform(changeService, s.setUp, { ...service, name: 'Neurotoxin', providerIds: [leaving.id, staying.id] })).id
  laser = (await s.perform(changeService, s.setUp, { ...service, name: 'Laser', providerIds: [leaving.id] })).id
})
afterAll(() => s.close())

const at = (days: number, hour: number) =>
  Temporal.Now.zonedDateTimeISO('America/New_York').add({ days }).with({ hour, minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 }).toInstant().toString({ smallestUnit: 'millisecond' })
const dateOf = (days: number) => Temporal.Now.plainDateISO('America/New_York').add({ days }).toString()
const book = async (provider: TestPerson, serviceId: string, startsAt: string) => {
  const { id } = await s.patient()
  const made = await s.as(desk).post('/api/appointments', { patientId: id, locationId: s.locationId, providerId: provider.id, serviceId, startsAt })
  expect(made.statusCode, made.body).toBe(200)
  return made.json().id as string
}
const providerOf = async (id: string) => (await s.owner.query('select provider_id from appointment where id = $1', [id])).rows[0].provider_id
const reassign = (more: object = {}, by = owner) =>
  s.as(by).post('/api/calendar/reassign', { fromUserId: leaving.id, toUserId: staying.id, locationId: s.locationId, ...more })

it('gives the visits of somebody who leaves to another as far as they fit; what does not is shown as needing a provider, never lost', async () => {
  const fits = await book(leaving, toxin, at(2, 9))
  const clashes = await book(leaving, toxin, at(2, 11))
  await book(staying, toxin, at(2, 11))
  const notHers = await book(leaving, laser, at(3, 9))

  const ahead = (await s.as(owner).get(`/api/team/${leaving.id}/visits-ahead`)).json()
  expect(ahead).toEqual([{ locationId: s.locationId, locationName: 'Downtown', visits: 3, couldTake: [{ id: staying.id, name: 'Sia Staying', visits: 1 }] }])
  expect((await s.as(owner).post(`/api/team/${leaving.id}/offboard`, { reason: 'Moved away' })).statusCode).toBe(200)

  const day = await s.as(desk).get(`/api/calendar/day?locationId=${s.locationId}&date=${dateOf(2)}`)
  expect(day.json().visits.find((v: { id: string }) => v.id === fits)).toMatchObject({ needsProvider: true })
  expect((await s.as(desk).get(`/api/calendar/unassigned?locationId=${s.locationId}`)).json().map((v: { id: string }) => v.id)).toEqual([fits, clashes, notHers])

  const done = await reassign()
  expect(done.json()).toMatchObject({
    moved: 1,
    left: [
      { appointmentId: clashes, serviceName: 'Neurotoxin', why: 'is busy then' },
      { appointmentId: notHers, serviceName: 'Laser', why: 'does not perform the service' },
    ],
  })
  expect([await providerOf(fits), await providerOf(clashes)]).toEqual([staying.id, leaving.id])
  expect((await s.as(desk).get(`/api/calendar/unassigned?locationId=${s.locationId}`)).json().map((v: { id: string }) => v.id)).toEqual([clashes, notHers])
  const { rows: [{ patient_id: patientId }] } = await s.owner.query('select patient_id from appointment where id = $1', [fits])
  const lines = await s.trailOf(patientId)
  expect(lines.at(-1)).toMatchObject({ actor: owner.id, action: 'appointment.reassign', patientId: '*' })
})

it('refuses without the grant, at a location where one does not work, and to somebody who does not work there', async () => {
  expect((await reassign({}, desk)).json().refusal).toMatchObject({ rule: 'role' })
  expect((await reassign({ locationId: newId('loc') })).json().refusal).toMatchObject({ rule: 'works-here' })
  expect((await reassign({ toUserId: newId('usr') })).json().errors[0]).toMatchObject({ path: 'toUserId' })
  expect((await s.as(desk).get(`/api/calendar/unassigned?locationId=${newId('loc')}`)).json().refusal).toMatchObject({ rule: 'works-here' })
  expect((await s.trailOf()).filter((e) => e.action === 'appointment.reassign' && e.outcome === 'denied').map((e) => e.rule)).toEqual(['role', 'works-here'])
})
