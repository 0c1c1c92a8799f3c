import { afterAll, beforeAll, expect, it } from 'vitest'
import { addLocation, changeService } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let rn: TestPerson
let np: TestPerson
let director: TestPerson
let ana: { id: string }
beforeAll(async () => {
  s = await spa()
  rn = await s.person(['injector'], { isProvider: true, name: 'Rita Nurse' })
  np = await s.person(['advanced-practitioner'], { isProvider: true, name: 'Nora Practitioner' })
  director = await s.person(['medical-director'])
  const desk = await s.person(['front-desk'])
  ana = await s.patient()
  const { id: serviceId } = await s.perform(changeService, s.setUp, { name: 'Visit', minutes: 30, priceCents: 0, onlineBooking: false, active: true, providerIds: [rn.id] })
  await s.as(desk).post('/api/appointments', { patientId: ana.id, serviceId, providerId: rn.id, locationId: s.locationId, startsAt: new Date(Date.now() + 3_600_000).toISOString() })
})
afterAll(() => s.close())

const chart = async (who: TestPerson, id = ana.id) => (await s.as(who).get(`/api/patients/${id}/chart`)).statusCode
const add = (who: TestPerson, whom: TestPerson, more: object = {}, id = ana.id) => s.as(who).post(`/api/patients/${id}/care-team`, { userId: whom.id, kind: 'covers', days: 7, ...more })

it('opens the chart to a colleague for a time, by whoever treats the patient, and shows who is on the team', async () => {
  expect(await chart(np)).toBe(403)
  expect((await add(np, np)).json().refusal.rule).toBe('treats')
  const made = (await add(rn, np)).json()
  expect(await chart(np)).toBe(200)
  expect((await s.as(np).post(`/api/patients/${ana.id}/notes`, {})).statusCode).toBe(200)
  expect((await s.as(np).get(`/api/patients/${ana.id}/care-team`)).json()).toEqual([expect.objectContaining({ id: made.id, name: 'Nora Practitioner', kind: 'covers' })])
  expect((await add(np, director)).json().refusal.rule, 'who was let in lets nobody in').toBe('treats')
  expect((await s.trailOf(ana.id)).map((e) => e.action)).toContain('care-team.add')
  expect((await s.as(rn).post(`/api/patients/${ana.id}/care-team/${made.id}/end`)).statusCode).toBe(200)
  expect((await s.as(rn).post(`/api/patients/${ana.id}/care-team/${made.id}/end`)).statusCode).toBe(409)
  expect(await chart(np)).toBe(403)
})

it('ends by itself', async () => {
  await add(director, np, { kind: 'open-task', days: 1 })
  expect(await chart(np)).toBe(200)
  await s.owner.query(`update care_team set until = now() - interval '1 second' where patient_id = $1`, [ana.id])
  expect(await chart(np)).toBe(403)
  expect((await s.as(director).get(`/api/patients/${ana.id}/care-team`)).json()).toEqual([])
})

it('keeps its bounds, and knows who is on the team', async () => {
  expect((await add(director, np, { days: 366 })).statusCode).toBe(422)
  expect((await add(director, np, { kind: 'friend' })).statusCode).toBe(422)
  expect((await add(director, { ...np, id: 'usr_00000000000000000000000000' })).statusCode).toBe(422)
  expect((await s.as(director).post(`/api/patients/${ana.id}/care-team/ctm_00000000000000000000000000/end`)).statusCode).toBe(404)
})

it('reaches a colleague who works elsewhere', async () => {
  const uptown = (await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })).id
  const far = await s.person(['physician'], { places: [uptown] })
  expect(await chart(far)).toBe(403)
  const { id } = (await add(director, far, { kind: 'consults' })).json()
  await expect.poll(() => chart(far), { interval: 500, timeout: 5000 }).toBe(200)
  expect((await s.as(far).get(`/api/patients/${ana.id}/card`)).statusCode).toBe(200)
  await s.as(director).post(`/api/patients/${ana.id}/care-team/${id}/end`)
  expect(await chart(far)).toBe(403)
})
