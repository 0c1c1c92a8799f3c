import { afterAll, beforeAll, expect, it } from 'vitest'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { dayIn, plusDays } from './gates.ts'

let s: Spa
let owner: TestPerson
let today: string
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'])
  today = dayIn('America/New_York', new Date().toISOString())
})
afterAll(() => s.close())

/** Somebody whose days of grace are over. */
const settled = async (roles: string[]): Promise<TestPerson> => {
  const person = await s.person(roles, { isProvider: true })
  await s.owner.query(`update app_user set created_at = now() - interval '40 days' where id = $1`, [person.id])
  return person
}
const record = (who: TestPerson, of: TestPerson, fact: object) => s.as(who).post(`/api/users/${of.id}/standing`, { fact })
const card = async (who: TestPerson) => s.as(who).get(`/api/patients/${(await s.patient()).id}/card`)
const training = (more: object = {}) => ({ kind: 'training', doneOn: plusDays(today, -30), ...more })
const licence = (more: object = {}) => ({ kind: 'licence', what: 'rn', number: 'RN-778812', state: 'NY', expiresOn: plusDays(today, 100), allows: ['inject'], ...more })
const within5s = { interval: 400, timeout: 5000 }

// @proves 164.530(b)(1)
it('shows no patient to somebody who was never trained, says why and who can fix it, and opens as soon as the training is on record', async () => {
  const rn = await settled(['injector'])
  const refused = await card(rn)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({
    rule: 'gate-training', citation: expect.stringContaining('164.530(b)'), why: expect.any(String), whoCanFix: expect.any(String), fix: { href: '/standing' },
  })
  expect((await s.as(rn).post('/api/patients/find', { q: 'ana' })).statusCode).toBe(403)
  // What is nobody's record stays open, so that she can see what is missing.
  expect((await s.as(rn).get('/api/users')).statusCode).toBe(200)
  expect((await s.as(rn).get('/api/standing')).json()).toContainEqual(expect.objectContaining({ gate: 'training', state: 'shut' }))
  const { rows } = await s.owner.query(`select rule from audit.event where actor = $1 and outcome = 'denied'`, [rn.id])
  expect(rows.map((r) => r.rule)).toContain('gate-training')
  expect((await record(owner, rn, training())).statusCode).toBe(200)
  await expect.poll(async () => (await card(rn)).statusCode, within5s).toBe(200)
})

it('bears with it in the days of grace, and says until when', async () => {
  const rn = await s.person(['injector'])
  expect((await card(rn)).statusCode).toBe(200)
  expect((await s.as(rn).get('/api/standing')).json()).toContainEqual(expect.objectContaining({ gate: 'training', state: 'soon', until: plusDays(today, 14) }))
})

it('narrows to what is not clinical when training has lapsed; emergency access does not get around it', async () => {
  const rn = await settled(['injector'])
  await record(owner, rn, training({ doneOn: plusDays(today, -400), validUntil: plusDays(today, -1) }))
  expect((await card(rn)).statusCode).toBe(200)
  const ana = await s.patient()
  expect((await s.as(rn).get(`/api/patients/${ana.id}/chart`)).json().refusal.rule).toBe('gate-training-lapsed')
  expect((await s.as(rn).post(`/api/patients/${ana.id}/emergency-access`, { reason: 'She fainted in room 2' })).json().refusal.rule).toBe('gate-training-lapsed')
})

it('is open on the last day of a licence and closed for new treatments on the next', async () => {
  const ana = await s.patient()
  const start = (who: TestPerson) => s.as(who).post(`/api/patients/${ana.id}/notes`, {})
  for (const [expiresOn, rule] of [[plusDays(today, -1), 'gate-licence'], [today, 'treats'], [plusDays(today, 1), 'treats']] as const) {
    const rn = await settled(['injector'])
    await record(owner, rn, training())
    await record(owner, rn, licence({ expiresOn }))
    expect((await start(rn)).json().refusal.rule, expiresOn).toBe(rule)
    expect((await card(rn)).statusCode, 'reading is not treating').toBe(200)
  }
})

it('closes patients and payments to somebody on an exclusion list', async () => {
  const desk = await settled(['front-desk'])
  await record(owner, desk, training())
  await record(owner, desk, { kind: 'exclusion-check', list: 'oig-leie', checkedOn: today, result: 'excluded' })
  expect((await card(desk)).json().refusal.rule).toBe('gate-exclusion')
  expect((await s.as(desk).get(`/api/takings?locationId=${s.locationId}&date=${today}`)).json().refusal.rule).toBe('gate-exclusion')
})

it('lets each person sign for herself on her own screen, once for each version, and nobody else for her', async () => {
  const rn = await s.person(['injector'])
  const texts = (await s.as(rn).get('/api/attestations')).json()
  expect(texts.map((t: { name: string }) => t.name)).toEqual(['confidentiality', 'policies'])
  const [{ name, version }] = texts
  const sign = (body: object) => s.as(rn).post(`/api/attestations/${name}`, { version, typed: 'Rita Nurse', ...body })
  expect((await sign({ version: '2001-01' })).statusCode).toBe(409)
  expect((await sign({ typed: '' })).statusCode).toBe(422)
  expect((await sign({})).json()).toMatchObject({ kind: 'attestation', what: name, version, heldFrom: today, said: 'Rita Nurse' })
  expect((await sign({})).statusCode).toBe(409)
  expect((await s.as(rn).post('/api/attestations/no-such-text', { version, typed: 'Rita' })).statusCode).toBe(404)
  expect((await record(owner, rn, { kind: 'attestation', what: 'policies', version })).statusCode).toBe(422)
  expect((await s.as(rn).get('/api/attestations')).json()[0]).toMatchObject({ signedOn: today })
})

it('enforces signatures when the practice says so, and opens at once with the signature', async () => {
  await s.as(owner).put('/api/access-settings', { attestation: 'enforce', graceDays: 0 })
  const desk = await settled(['front-desk'])
  await record(owner, desk, training())
  expect((await card(desk)).json().refusal).toMatchObject({ rule: 'gate-attestation-confidentiality', fix: { label: 'Read and sign' } })
  for (const { name, version } of (await s.as(desk).get('/api/attestations')).json()) await s.as(desk).post(`/api/attestations/${name}`, { version, typed: 'Dana' })
  expect((await card(desk)).statusCode).toBe(200)
  await s.as(owner).put('/api/access-settings', {})
})

it('keeps licence numbers sealed and gives them only to who administers them', async () => {
  const rn = await s.person(['injector'])
  expect((await record(rn, rn, licence())).json().refusal.rule).toBe('role')
  const made = (await record(owner, rn, licence())).json()
  expect((await s.as(owner).get(`/api/users/${rn.id}/standing`)).json().facts).toContainEqual(expect.objectContaining({ kind: 'licence', said: 'RN-778812', state: 'NY' }))
  expect((await s.as(await s.person(['front-desk'])).get(`/api/users/${rn.id}/standing`)).json().refusal.rule).toBe('role')
  const { rows: [row] } = await s.owner.query('select * from person_fact where id = $1', [made.id])
  for (const value of Object.values(row)) expect(Buffer.isBuffer(value) ? value.toString('latin1') : String(value)).not.toContain('778812')
  expect((await s.as(owner).delete(`/api/users/${rn.id}/standing/${made.id}`)).statusCode).toBe(200)
  expect((await s.as(owner).delete(`/api/users/${rn.id}/standing/${made.id}`)).statusCode).toBe(409)
  expect((await s.as(owner).delete(`/api/users/${owner.id}/standing/${made.id}`)).statusCode).toBe(404)
  expect((await s.as(owner).get(`/api/users/${rn.id}/standing`)).json().facts).toEqual([])
})

it('names the field when a fact cannot be', async () => {
  const rn = await s.person(['injector'])
  for (const [path, fact] of [['what', licence({ what: 'pilot' })], ['state', licence({ state: 'New York' })], ['doneOn', training({ doneOn: plusDays(today, 1) })], ['validUntil', training({ validUntil: '2001-01-01' })]] as const) {
    const answer = await record(owner, rn, fact)
    expect(answer.statusCode, path).toBe(422)
    expect(answer.json().errors.map((e: { path: string }) => e.path)).toContain(`fact.${path}`)
  }
  expect((await s.as(owner).post('/api/users/usr_00000000000000000000000000/standing', { fact: training() })).statusCode).toBe(404)
})

it('keeps the bounds of its settings, and asks who changes them to show that it is she', async () => {
  for (const wrong of [{ treatsDaysBack: 6 }, { treatsDaysBack: 366 }, { reachHours: 25 }, { graceDays: 61 }])
    expect((await s.as(owner).put('/api/access-settings', wrong)).statusCode, JSON.stringify(wrong)).toBe(422)
  await s.owner.query(`update session set proven_at = now() - interval '11 minutes' where user_id = $1`, [owner.id])
  const stale = { cookie: `nacre=${await s.sessionFor(owner.id)}` }
  await s.owner.query(`update session set proven_at = now() - interval '11 minutes' where user_id = $1`, [owner.id])
  expect((await s.as(stale).put('/api/access-settings', {})).json().refusal.rule).toBe('step-up')
})
