import { afterAll, beforeAll, expect, it } from 'vitest'
import { afterDays } from '#kernel/clock.ts'
import { addLocation, changeService } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { endOfDay, plusDays } from './gates.ts'

let s: Spa
let owner: TestPerson
let desk: TestPerson
let rn: TestPerson
let uptown: string
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'])
  desk = await s.person(['front-desk'])
  rn = await s.person(['injector'], { isProvider: true, name: 'Rita Nurse' })
  uptown = (await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })).id
})
afterAll(() => s.close())

const explain = async (who: TestPerson, of: TestPerson, action: string, patientId?: string) =>
  s.as(who).post('/api/access/explain', { userId: of.id, action, ...(patientId ? { patientId } : {}) })
const told = async (action: string, patientId?: string, of = rn) => (await explain(owner, of, action, patientId)).json()
const book = async (patientId: string, startsAt: string) => {
  const { id: serviceId } = await s.perform(changeService, s.setUp, { name: 'Visit', minutes: 30, priceCents: 0, onlineBooking: false, active: true, providerIds: [rn.id] })
  const booked = await s.as(desk).post('/api/appointments', { patientId, serviceId, providerId: rn.id, locationId: s.locationId, startsAt })
  expect(booked.statusCode, booked.body).toBe(200)
}
const inDays = (days: number) => afterDays(new Date().toISOString().slice(0, 13) + ':00:00.000Z', days)
const ends = (patientId: string, days: number) => s.owner.query(`update appointment set starts_at = starts_at + make_interval(days => $2), ends_at = ends_at + make_interval(days => $2) where patient_id = $1`, [patientId, days])

it('says through which role somebody may, and when no role includes it, which floor none may cross', async () => {
  expect(await told('user.list')).toMatchObject({ verdict: 'yes', who: 'Rita Nurse', does: 'see who is on the team', roles: ['Injector (RN)'], why: expect.stringContaining('Injector (RN)') })
  expect(await told('session.lock')).toMatchObject({ verdict: 'yes', roles: ['everybody on the team'] })
  expect(await told('checkout.pay')).toMatchObject({ verdict: 'no', roles: [], why: expect.stringContaining('No role of hers') })
  const marketing = await s.person(['marketing'])
  expect(await told('chart.open', undefined, marketing)).toMatchObject({ verdict: 'no', why: expect.stringContaining('Marketing never opens charts') })
})

it('names the rule that lets her in, part by part, and when that ends by itself', async () => {
  const ana = await s.patient()
  expect(await told('chart.open', ana.id)).toMatchObject({ verdict: 'no', why: expect.stringContaining('no appointment') })
  const startsAt = inDays(3)
  await book(ana.id, startsAt)
  const yes = await told('chart.open', ana.id)
  expect(yes).toMatchObject({ verdict: 'yes', why: expect.stringContaining('has an appointment with this patient') })
  expect(yes.rule.map((line: { name: string; verdict: string; depth: number }) => [line.depth, line.name, line.verdict])).toEqual([
    [0, expect.any(String), 'yes'], [1, expect.any(String), 'yes'], [2, expect.any(String), 'yes'],
    [3, 'treats', 'yes'], [3, expect.stringContaining('medical-director'), 'no'], [4, 'medical-director', 'no'], [4, 'patient-here', 'yes'], [3, 'care-team', 'no'],
    [2, 'said-why', 'yes'], [1, 'broke-glass', 'no'],
  ])
  // Ninety days after the visit, or when the days of grace for what is missing are over, whatever comes first.
  expect(yes.rule.find(({ name }: { name: string }) => name === 'treats').until).toBe(afterDays(startsAt, 90))
  await s.as(owner).post(`/api/users/${rn.id}/standing`, { fact: { kind: 'training', doneOn: '2020-01-01' } })
  expect((await told('chart.open', ana.id)).until).toBe(afterDays(startsAt, 90))
  expect((await s.as(rn).get(`/api/patients/${ana.id}/chart`)).statusCode).toBe(200)
})

it('says of emergency access and of the care team until when they hold', async () => {
  const ana = await s.patient()
  const { until } = (await s.as(rn).post(`/api/patients/${ana.id}/emergency-access`, { reason: 'She fainted in room 2' })).json()
  expect(await told('chart.open', ana.id)).toMatchObject({ verdict: 'yes', until, why: expect.stringContaining('emergency access') })
})

it('says of a licence until when it carries a treatment', async () => {
  const np = await s.person(['advanced-practitioner'], { isProvider: true })
  const lasts = plusDays(new Date().toISOString().slice(0, 10), 40)
  await s.as(owner).post(`/api/users/${np.id}/standing`, { fact: { kind: 'licence', what: 'np', number: 'NP-1', state: 'NY', expiresOn: lasts } })
  await s.as(owner).post(`/api/users/${np.id}/standing`, { fact: { kind: 'training', doneOn: '2020-01-01' } })
  expect((await told('note.start', undefined, np)).standing).toMatchObject({ verdict: 'yes', until: endOfDay('America/New_York', lasts) })
  expect((await told('note.read', undefined, np)).standing.until).toBeUndefined()
})

it('says that a patient of another location is out of reach, and for how long she is within it', async () => {
  const eve = await s.patient({ locationId: uptown })
  expect(await told('patient.card', eve.id, desk)).toMatchObject({ verdict: 'no', why: expect.stringContaining('does not come to a location') })
  const { until } = (await s.as(desk).post(`/api/patients/${eve.id}/reach`, { reason: 'She stands at our desk' })).json()
  expect(await told('patient.card', eve.id, desk)).toMatchObject({ verdict: 'yes', until })
})

it('says what depends on the record that is asked for instead of guessing', async () => {
  const ana = await s.patient()
  expect(await told('appointment.start', ana.id)).toMatchObject({ verdict: 'depends', why: expect.stringContaining('is the provider of this visit') })
  expect(await told('chart.open')).toMatchObject({ verdict: 'depends' })
  expect(await told('calendar.day', undefined, desk)).toMatchObject({ verdict: 'depends' })
})

it('decides as the gate does', async () => {
  const [ana, eve] = [await s.patient(), await s.patient({ locationId: uptown })]
  await book(ana.id, inDays(5))
  for (const [who, patientId] of [[rn, ana.id], [rn, eve.id], [desk, ana.id], [desk, eve.id]] as const)
    for (const [action, url] of [['chart.open', 'chart'], ['patient.card', 'card'], ['note.list', 'notes'], ['patient.visits', 'visits']] as const) {
      const { verdict } = await told(action, patientId, who)
      expect((await s.as(who).get(`/api/patients/${patientId}/${url}`)).statusCode === 200 ? 'yes' : 'no', `${action} ${who.email}`).toBe(verdict)
    }
})

it('explains to each person her own access, of others only to owner and compliance officer, and each reading is on record', async () => {
  const ana = await s.patient()
  expect((await explain(desk, rn, 'chart.open')).json().refusal.rule).toBe('role')
  expect((await explain(await s.person(['compliance-officer']), rn, 'chart.open', ana.id)).statusCode).toBe(200)
  expect((await s.as(desk).post('/api/access/why', { action: 'chart.open' })).json()).toMatchObject({ verdict: 'no', who: expect.any(String) })
  expect((await s.as(rn).post('/api/access/why-patient', { action: 'chart.open', patientId: ana.id })).json()).toMatchObject({ verdict: 'no' })
  expect((await s.trailOf(ana.id)).map((e) => e.action)).toEqual(['access.explain', 'access.why-patient'])
  expect((await s.as(desk).post('/api/access/why', { action: 'no.such' })).statusCode).toBe(422)
  expect((await s.as(owner).post('/api/access/explain', { userId: 'usr_00000000000000000000000000', action: 'chart.open' })).statusCode).toBe(404)
  expect((await s.as(owner).get('/api/actions')).json()).toContainEqual(expect.objectContaining({ name: 'chart.open' }))
})

it('explains also to somebody from whom every patient is kept', async () => {
  const stopped = await s.person(['injector'])
  await s.owner.query(`update app_user set created_at = now() - interval '40 days' where id = $1`, [stopped.id])
  expect((await s.as(stopped).post('/api/access/why', { action: 'patient.card' })).json()).toMatchObject({ verdict: 'no', why: expect.stringContaining('training'), standing: { verdict: 'no' } })
})

it('lets the practice set how long a visit opens the chart', async () => {
  const ana = await s.patient()
  await book(ana.id, inDays(2))
  await ends(ana.id, -42)
  expect((await s.as(rn).get(`/api/patients/${ana.id}/chart`)).statusCode).toBe(200)
  await s.as(owner).put('/api/access-settings', { treatsDaysBack: 30 })
  await expect.poll(async () => (await s.as(rn).get(`/api/patients/${ana.id}/chart`)).statusCode, { interval: 500, timeout: 5000 }).toBe(403)
  expect((await s.as(rn).get(`/api/patients/${ana.id}/chart`)).json().refusal.why).toContain('last 30 days')
  await s.as(owner).put('/api/access-settings', {})
})
