import { afterAll, beforeAll, expect, it } from 'vitest'
import { addLocation } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let desk: TestPerson
let uptown: string
let eve: { id: string }
beforeAll(async () => {
  s = await spa()
  uptown = (await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/Los_Angeles' })).id
  desk = await s.person(['front-desk'])
  eve = await s.patient({ givenName: 'Evelyn', familyName: 'O’Núñez-Hart', birthDate: '1984-05-06', phone: '+13105550142', locationId: uptown })
})
afterAll(() => s.close())

const reason = 'She stands at our desk and wants to book here'
const elsewhere = (who: TestPerson, body: object) => s.as(who).post('/api/patients/find-elsewhere', body)

it('tells of a patient of another location only to somebody who knows her birth date and full name or phone, and then only initials and where', async () => {
  const found = [{ patientId: eve.id, initials: 'E. O.', locations: ['Uptown'] }]
  expect((await elsewhere(desk, { birthDate: '1984-05-06', familyName: 'o’nunez-hart' })).json()).toEqual(found)
  expect((await elsewhere(desk, { birthDate: '1984-05-06', phone: '(310) 555-0142' })).json()).toEqual(found)
  for (const [no, body] of Object.entries({
    'half a name': { birthDate: '1984-05-06', familyName: 'O’Núñez' },
    'a first name': { birthDate: '1984-05-06', familyName: 'Evelyn' },
    'another birth date': { birthDate: '1984-05-07', familyName: 'O’Núñez-Hart' },
    'the end of a phone': { birthDate: '1984-05-06', phone: '555-0142' },
    'a name and another phone': { birthDate: '1984-05-06', familyName: 'O’Núñez-Hart', phone: '+13105550143' },
  })) expect((await elsewhere(desk, body)).json(), no).not.toContainEqual(expect.objectContaining({ patientId: eve.id }))
  expect((await elsewhere(desk, { birthDate: '1984-05-06' })).statusCode).toBe(422)
  expect((await s.trailOf(eve.id)).filter((e) => e.action === 'patient.find-elsewhere').length).toBeGreaterThan(0)
})

it('says nothing there of a patient whom she finds as always, and nothing to marketing', async () => {
  const own = await s.patient({ familyName: 'Ownplace', birthDate: '1970-01-02' })
  expect((await elsewhere(desk, { birthDate: '1970-01-02', familyName: 'Ownplace' })).json()).toEqual([])
  expect((await s.as(desk).post(`/api/patients/${own.id}/reach`, { reason })).statusCode).toBe(409)
  expect((await elsewhere(await s.person(['marketing']), { birthDate: '1970-01-02', familyName: 'Ownplace' })).json().refusal.rule).toBe('role')
})

it('brings her within reach for the day, for this person alone, with a reason for the review list', async () => {
  const owner = await s.person(['owner'])
  const other = await s.person(['front-desk'])
  expect((await s.as(desk).get(`/api/patients/${eve.id}/card`)).statusCode).toBe(404)
  expect((await s.as(desk).post(`/api/patients/${eve.id}/reach`, { reason: 'because' })).statusCode).toBe(422)
  expect((await s.as(desk).post('/api/patients/pat_00000000000000000000000000/reach', { reason })).statusCode).toBe(404)
  const { until } = (await s.as(desk).post(`/api/patients/${eve.id}/reach`, { reason })).json()
  expect(Math.round((Date.parse(until) - Date.now()) / 3_600_000)).toBe(12)
  expect((await s.as(desk).get(`/api/patients/${eve.id}/card`)).json()).toMatchObject({ givenName: 'Evelyn' })
  expect((await s.as(desk).get(`/api/patients/${eve.id}/visits`)).statusCode).toBe(200)
  // Looking across patients stays within her own places.
  expect((await s.as(desk).post('/api/patients/find', { q: 'evelyn' })).json()).toEqual([])
  expect((await s.as(other).get(`/api/patients/${eve.id}/card`)).statusCode).toBe(404)
  const tasks = (await s.as(owner).get('/api/review-tasks')).json()
  expect(tasks).toContainEqual(expect.objectContaining({ kind: 'cross-location', patientId: eve.id, whoId: desk.id, reason, patientName: 'Evelyn O’Núñez-Hart' }))
  expect((await s.trailOf(eve.id)).map((e) => e.action)).toContain('patient.reach')
})

it('is over when the time is over, in every process within seconds', async () => {
  await s.owner.query(`update location_pass set until = now() - interval '1 second' where subject = $1`, [eve.id])
  await expect.poll(async () => (await s.as(desk).get(`/api/patients/${eve.id}/card`)).statusCode, { interval: 500, timeout: 5000 }).toBe(404)
})

it('opens no chart by itself: reaching is for where, not for what', async () => {
  const rn = await s.person(['injector'])
  await s.as(rn).post(`/api/patients/${eve.id}/reach`, { reason: 'She asks me about her treatment' })
  expect((await s.as(rn).get(`/api/patients/${eve.id}/card`)).statusCode).toBe(200)
  expect((await s.as(rn).get(`/api/patients/${eve.id}/chart`)).json().refusal.rule).toBe('treats')
})

it('adds the location for good, from a desk that reached her, and from then on everybody there finds her', async () => {
  const share = (who: TestPerson, locationId: string) => s.as(who).post(`/api/patients/${eve.id}/locations`, { locationId })
  expect((await share(desk, s.locationId)).statusCode).toBe(404)
  await s.as(desk).post(`/api/patients/${eve.id}/reach`, { reason })
  expect((await share(desk, 'loc_00000000000000000000000000')).statusCode).toBe(404)
  expect((await share(desk, s.locationId)).json().locationIds).toEqual([uptown, s.locationId])
  expect((await share(desk, s.locationId)).statusCode).toBe(200)
  const other = await s.person(['front-desk'])
  expect((await s.as(other).post('/api/patients/find', { q: 'evelyn' })).json()).toHaveLength(1)
  expect((await s.as(await s.person(['biller'])).post(`/api/patients/${eve.id}/locations`, { locationId: uptown })).json().refusal.rule).toBe('role')
})

it('keeps a pass as opaque ids and times: nothing of the patient', async () => {
  const { rows } = await s.owner.query('select * from location_pass')
  expect(JSON.stringify(rows)).not.toMatch(/Evelyn|Hart|1984|0142|desk and wants/)
})
