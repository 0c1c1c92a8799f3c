import { afterAll, beforeAll, expect, it } from 'vitest'
import { addLocation } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let rn: TestPerson
let owner: TestPerson
let desk: TestPerson
let uptown: string
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'], { name: 'Olga Owner' })
  rn = await s.person(['injector'], { isProvider: true, name: 'Rita Nurse' })
  desk = await s.person(['front-desk'])
  uptown = (await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })).id
})
afterAll(() => s.close())

const reason = 'She collapsed in the waiting room'
const chart = (who: TestPerson, id: string) => s.as(who).get(`/api/patients/${id}/chart`)
const smash = (who: TestPerson, id: string, why = reason) => s.as(who).post(`/api/patients/${id}/emergency-access`, { reason: why })
const reviews = async (who: TestPerson, state = 'open') => (await s.as(who).get(`/api/review-tasks?state=${state}`)).json()

it('refuses the chart of somebody she does not treat, and offers emergency access only to those whose role may have it', async () => {
  const ana = await s.patient()
  const refused = await chart(rn, ana.id)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({ rule: 'treats', override: { label: 'Emergency access', action: 'glass.break', minutes: 60 } })
  const atDesk = await chart(desk, ana.id)
  expect(atDesk.json().refusal).toMatchObject({ rule: 'role' })
  expect(atDesk.json().refusal.override).toBeUndefined()
  expect((await smash(desk, ana.id)).json().refusal.rule).toBe('role')
  expect((await s.trailOf(ana.id)).at(-1)).toMatchObject({ actor: desk.id, action: 'glass.break', outcome: 'denied', rule: 'role' })
})

// @proves 164.312(a)(2)(ii)
it('opens the chart for an hour with a reason, for reading and for documenting, and for nobody else', async () => {
  const ana = await s.patient()
  const other = await s.person(['injector'])
  const broken = await smash(rn, ana.id)
  expect(broken.statusCode).toBe(200)
  const { until } = broken.json()
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(59 * 60_000)
  expect((await chart(rn, ana.id)).statusCode).toBe(200)
  expect((await s.as(rn).get(`/api/patients/${ana.id}/notes`)).statusCode).toBe(200)
  expect((await s.as(rn).get(`/api/patients/${ana.id}/history?kind=allergies`)).statusCode).not.toBe(403)
  expect((await s.as(rn).post(`/api/patients/${ana.id}/notes`, {})).statusCode).toBe(200)
  expect((await chart(other, ana.id)).statusCode).toBe(403)
  expect((await s.trailOf(ana.id)).map((e) => e.action)).toContain('glass.break')
})

it('never opens more than a role includes, nor what a floor keeps closed, whatever a practice writes into the role', async () => {
  const ana = await s.patient()
  const marketing = await s.person(['marketing'])
  await s.owner.query(
    `insert into role_change values ($1, 'rol_00000000000000000000000001', 'marketing', 'Marketing', 'marketing', array['glass.break', 'chart.open'], array[]::text[], now(), 'somebody')`, [s.practiceId])
  expect((await smash(marketing, ana.id)).json().refusal).toMatchObject({ rule: 'role' })
  const esthetician = await s.person(['esthetician'])
  await smash(esthetician, ana.id)
  expect((await chart(esthetician, ana.id)).statusCode).toBe(200)
  // The role of an esthetician includes no documents from elsewhere: an emergency adds none.
  const document = await s.as(esthetician).get(`/api/patients/${ana.id}/documents/doc_00000000000000000000000000`)
  expect([403, 404]).toContain(document.statusCode)
})

it('asks for a reason of at least ten characters, and for a patient who exists', async () => {
  const ana = await s.patient()
  const short = await smash(rn, ana.id, '  help    ')
  expect(short.statusCode).toBe(422)
  expect(short.json().errors[0].path).toBe('reason')
  expect((await smash(rn, 'pat_00000000000000000000000000')).statusCode).toBe(404)
})

it('is over after its hour, by the clock of the server', async () => {
  const ana = await s.patient()
  await smash(rn, ana.id)
  expect((await chart(rn, ana.id)).statusCode).toBe(200)
  await s.owner.query(`update break_glass set until = now() - interval '1 second' where patient_id = $1`, [ana.id])
  expect((await chart(rn, ana.id)).statusCode).toBe(403)
  const again = await smash(rn, ana.id)
  expect(again.statusCode, 'a second emergency is a second one').toBe(200)
})

it('shows her how long it lasts and lets her close it early; from then on the chart is closed', async () => {
  const ana = await s.patient()
  const { glassId } = (await smash(rn, ana.id)).json()
  expect((await smash(rn, ana.id)).statusCode).toBe(409)
  expect((await s.as(rn).get('/api/passes')).json()).toContainEqual(expect.objectContaining({ patientId: ana.id, kind: 'break-glass', about: glassId }))
  const other = await s.person(['injector'])
  const close = (who: TestPerson) => s.as(who).post(`/api/patients/${ana.id}/emergency-access/${glassId}/close`)
  expect((await close(other)).json().refusal).toMatchObject({ rule: 'own-glass' })
  expect((await close(rn)).statusCode).toBe(200)
  expect((await close(rn)).statusCode).toBe(409)
  expect((await chart(rn, ana.id)).statusCode).toBe(403)
  expect((await s.as(rn).get('/api/passes')).json().map((p: { patientId: string }) => p.patientId)).not.toContain(ana.id)
})

it('reaches a patient of another location, and ends there with the hour', async () => {
  const eve = await s.patient({ locationId: uptown })
  expect((await chart(rn, eve.id)).statusCode).toBe(403)
  expect((await s.as(rn).get(`/api/patients/${eve.id}/card`)).statusCode).toBe(404)
  const { glassId } = (await smash(rn, eve.id)).json()
  expect((await s.as(rn).get(`/api/patients/${eve.id}/card`)).statusCode).toBe(200)
  expect((await chart(rn, eve.id)).statusCode).toBe(200)
  await s.as(rn).post(`/api/patients/${eve.id}/emergency-access/${glassId}/close`)
  expect((await s.as(rn).get(`/api/patients/${eve.id}/card`)).statusCode).toBe(404)
})

it('tells the owner and the compliance officer at once, in words that say nothing of anybody', async () => {
  const officer = await s.person(['compliance-officer'])
  const ana = await s.patient({ givenName: 'Tellna', familyName: 'Toldsen' })
  await s.drain()
  const before = (await s.as(owner).get('/api/outbox')).json().messages.length
  await smash(rn, ana.id)
  await s.drain()
  const { messages } = (await s.as(owner).get('/api/outbox')).json()
  const mine = messages.slice(0, messages.length - before)
  expect(mine).toHaveLength(2)
  for (const { id } of mine) {
    const read = (await s.as(owner).get(`/api/outbox/${id}`)).json()
    expect([owner.email, officer.email]).toContain(read.recipient)
    expect(`${read.subject} ${read.body}`).not.toMatch(/Tellna|Toldsen|Rita|waiting room|pat_/)
    expect(read.body).toContain('/reviews')
  }
  // The queue runs a job at least once; nobody is told twice.
  await s.owner.query(`insert into job (practice_id, id, name, input, run_at) select practice_id, id || 'x', 'glass.tell', json_build_object('taskId', id), now() from review_task where patient_id = $1`, [ana.id])
  await s.drain()
  expect((await s.as(owner).get('/api/outbox')).json().messages.length).toBe(messages.length)
})

it('leaves a review that somebody else has to close, with a verdict and a note; it is sealed and on record', async () => {
  const ana = await s.patient({ givenName: 'Rev', familyName: 'Iewed' })
  await smash(rn, ana.id)
  const task = (await reviews(owner)).find((t: { patientId?: string }) => t.patientId === ana.id)
  expect(task).toMatchObject({ kind: 'break-glass', whoName: 'Rita Nurse', patientName: 'Rev Iewed', reason, isOwn: false, glass: { isOpen: true } })
  const close = (who: TestPerson, body: object) => s.as(who).post(`/api/review-tasks/${task.id}/close`, { patientId: ana.id, ...body })
  expect((await close(rn, { verdict: 'justified', note: 'It was me' })).json().refusal.rule).toBe('role')
  expect((await close(owner, { verdict: 'fine', note: 'ok then' })).statusCode).toBe(422)
  expect((await close(owner, { verdict: 'justified', note: 'Called her: she fainted.' })).statusCode).toBe(200)
  expect((await close(owner, { verdict: 'not-justified', note: 'No, wait' })).statusCode).toBe(409)
  expect((await reviews(owner)).map((t: { id: string }) => t.id)).not.toContain(task.id)
  expect((await reviews(owner, 'closed')).find((t: { id: string }) => t.id === task.id)).toMatchObject({ verdict: 'justified', note: 'Called her: she fainted.', closedByName: 'Olga Owner' })
  const { rows: [row] } = await s.owner.query('select * from review_task where id = $1', [task.id])
  expect(JSON.stringify(row)).not.toContain('fainted')
  expect((await s.trailOf(ana.id)).at(-1)).toMatchObject({ actor: owner.id, action: 'review-task.list' })
  expect((await s.trailOf(ana.id)).map((e) => e.action)).toContain('review-task.close')
})

it('lets nobody close the review of her own emergency, not even an owner, not even behind the application', async () => {
  const both = await s.person(['owner', 'injector'])
  const ana = await s.patient()
  await smash(both, ana.id)
  const task = (await reviews(both)).find((t: { patientId?: string }) => t.patientId === ana.id)
  expect(task.isOwn).toBe(true)
  const refused = await s.as(both).post(`/api/review-tasks/${task.id}/close`, { patientId: ana.id, verdict: 'justified', note: 'I am the owner' })
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({ rule: 'somebody-else' })
  await expect(s.owner.query('update review_task set closed_by = who_id where id = $1', [task.id])).rejects.toThrow(/review_by_somebody_else/)
})

it('lets those who review it close it early', async () => {
  const ana = await s.patient()
  const { glassId } = (await smash(rn, ana.id)).json()
  expect((await s.as(owner).post(`/api/patients/${ana.id}/emergency-access/${glassId}/close`)).statusCode).toBe(200)
  expect((await chart(rn, ana.id)).statusCode).toBe(403)
})
