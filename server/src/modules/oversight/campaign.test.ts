import { afterEach, beforeEach, expect, it } from 'vitest'
import { jobActor } from '#kernel/job.ts'
import { addLocation } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { campaignIsDue, campaignJob, tendCampaign } from './campaign-clock.ts'

let s: Spa
let owner: TestPerson
let officer: TestPerson
let lead: TestPerson
let desk: TestPerson
let uptown: string
beforeEach(async () => {
  s = await spa()
  uptown = (await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })).id
  owner = await s.person(['owner'], { name: 'Olive Owner' })
  officer = await s.person(['compliance-officer'], { name: 'Cora Officer' })
  lead = await s.person(['injector'], { name: 'Lena Lead' })
  desk = await s.person(['front-desk', 'biller'], { name: 'Dana Reyes', places: [s.locationId, uptown] })
  expect((await s.as(owner).put(`/api/managers/${desk.id}`, { managerId: lead.id })).statusCode).toBe(200)
})
afterEach(() => s.close())

const open = async (by = owner) => (await s.as(by).post('/api/access-reviews', {})).json() as { id: string; quarter: string }
const mine = async (who: TestPerson) => (await s.as(who).get('/api/access-reviews/mine')).json()
const names = async (who: TestPerson) => (await mine(who)).people.map((p: { name: string }) => p.name)
const decide = (by: TestPerson, campaignId: string, of: TestPerson, decisions: { hold: string; decision: string; note?: string }[]) =>
  s.as(by).post(`/api/access-reviews/${campaignId}/people/${of.id}`, { decisions })
const confirmAll = async (by: TestPerson) => {
  for (const { campaignId, userId, holds } of (await mine(by)).people)
    expect((await s.as(by).post(`/api/access-reviews/${campaignId}/people/${userId}`, { decisions: holds.filter((h: { decision?: string }) => !h.decision).map(({ hold }: { hold: string }) => ({ hold, decision: 'confirmed' })) })).statusCode).toBe(200)
}
const report = async (id: string, by = owner) => (await s.as(by).get(`/api/access-reviews/${id}`)).json()
const control = async () => (await s.as(owner).get('/api/posture')).json().controls.find((c: { name: string }) => c.name === 'access-reviewed')
const age = (days: number) => s.owner.query('update campaign set opened_at = opened_at - make_interval(days => $1) where closed_at is null', [days])
const tend = () => s.perform(tendCampaign, jobActor(s.practiceId, campaignJob), {})

// @proves 164.308(a)(4)(ii)(C)
it('lays each person before her manager, the owner before the compliance officer, and nobody before herself', async () => {
  await open()
  expect(await names(lead)).toEqual(['Dana Reyes'])
  expect(await names(owner)).toEqual(['Cora Officer', 'Lena Lead'])
  expect(await names(officer)).toEqual(['Olive Owner'])
  expect(await names(desk)).toEqual([])
  const [dana] = (await mine(lead)).people
  expect(dana.holds.map((h: { label: string }) => h.label)).toEqual(['Front desk', 'Biller', 'Downtown', 'Uptown'])
  expect(dana.holds[0].detail).toContain('payments')
  expect(dana.lastSignInAt).toEqual(expect.any(String))
  expect((await s.as(owner).post('/api/access-reviews', {})).statusCode).toBe(409)
})

// @proves 164.308(a)(4)(ii)(C)
it('takes away at once what is removed, and keeps who decided what, which nobody can change', async () => {
  const { id } = await open()
  expect((await s.as(desk).get('/api/calendar/day?locationId=' + s.locationId + '&date=2030-01-01')).statusCode).toBe(200)
  const answer = await decide(lead, id, desk, [
    { hold: 'role:front-desk', decision: 'removed', note: 'Works in billing now.' }, { hold: 'role:biller', decision: 'confirmed' },
    { hold: `location:${uptown}`, decision: 'removed' }, { hold: `location:${s.locationId}`, decision: 'confirmed' },
  ])
  expect(answer.json()).toEqual({ done: true })
  const { rows: [now] } = await s.owner.query('select roles, location_ids from app_user where id = $1', [desk.id])
  expect(now).toEqual({ roles: ['biller'], location_ids: [s.locationId] })
  const session = (await s.as(desk).get('/api/session')).json()
  expect(session.user.roleTitles).toEqual(['Biller'])
  expect(session.user.grants).not.toContain('appointment.book')
  const dana = (await report(id)).items.find((i: { name: string }) => i.name === 'Dana Reyes')
  expect(dana.undecided).toEqual([])
  expect(dana.decisions).toContainEqual(expect.objectContaining({ label: 'Front desk', decision: 'removed', byName: 'Lena Lead', note: 'Works in billing now.' }))
  expect((await decide(lead, id, desk, [{ hold: 'role:biller', decision: 'removed' }])).statusCode).toBe(409)
  await expect(s.pool.query('update campaign_decision set decision = $1', ['confirmed'])).rejects.toThrow(/permission denied/)
  expect((await s.trailOf()).find((e) => e.action === 'campaign.decide' && e.outcome === 'done')).toMatchObject({ actor: lead.id })
})

it('lets nobody decide who was not asked to, nor on what was not held', async () => {
  const { id } = await open()
  for (const who of [owner, desk]) expect((await decide(who, id, desk, [{ hold: 'role:biller', decision: 'confirmed' }])).json()).toMatchObject({ status: 403, refusal: { rule: 'decides-on-her' } })
  expect((await decide(lead, id, desk, [{ hold: 'role:owner', decision: 'confirmed' }])).json()).toMatchObject({ status: 422 })
  expect((await decide(owner, id, lead, [{ hold: 'role:injector', decision: 'removed' }])).json()).toMatchObject({ status: 403, refusal: { rule: 'last-of-its-kind', fix: { href: '/team' } } })
  expect((await s.trailOf()).filter((e) => e.action === 'campaign.decide').map((e) => e.rule)).toEqual(expect.arrayContaining(['decides-on-her', 'last-of-its-kind']))
  expect((await s.as(desk).get(`/api/access-reviews/${id}`)).json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await s.as(desk).put(`/api/managers/${lead.id}`, { managerId: desk.id })).statusCode).toBe(403)
  expect((await s.as(owner).put(`/api/managers/${lead.id}`, { managerId: lead.id })).statusCode).toBe(422)
  expect((await s.as(owner).get('/api/access-reviews/cpg_00000000000000000000000000')).statusCode).toBe(404)
})

it('ends with the last decision, and goes along as a table that no spreadsheet runs', async () => {
  const { id, quarter } = await open()
  for (const who of [lead, owner, officer]) await confirmAll(who)
  const [line] = (await s.as(officer).get('/api/access-reviews')).json()
  expect(line).toMatchObject({ id, state: 'finished', people: 4, done: 4, removed: 0 })
  expect(await control()).toMatchObject({ state: 'in force', evidence: expect.stringContaining(`review of ${quarter} was finished`) })
  const { fileName, csv } = (await s.as(officer).get(`/api/access-reviews/${id}/table`)).json()
  expect(fileName).toBe(`access-review-${quarter}.csv`)
  expect(csv.split('\r\n')[0]).toBe('person,holds,kind,decision,decided by,decided at,note,reviewer,escalated from,last sign-in')
  expect(csv).toMatch(/Dana Reyes,Uptown,location,confirmed,Lena Lead,/)
  expect((await decide(lead, id, desk, [{ hold: 'role:biller', decision: 'removed' }])).statusCode).toBe(409)
})

it('reminds after 14 days with a message that says nothing of anybody, passes over whoever did not answer after 21, and shows after 30 that it is overdue', async () => {
  const { id } = await open()
  await tend()
  expect((await s.owner.query('select * from outbox_message')).rowCount).toBe(0)
  await age(14)
  await tend()
  await tend()
  const { messages } = (await s.as(owner).get('/api/outbox')).json()
  expect(messages.map((m: { template: string }) => m.template)).toEqual(['access-review', 'access-review', 'access-review'])
  const letter = (await s.as(owner).get(`/api/outbox/${messages[0].id}`)).json()
  expect(letter.body).not.toMatch(/Dana|Reyes|Lena/)
  await age(7)
  await tend()
  expect(await names(lead)).toEqual([])
  expect((await mine(owner)).people.find((p: { name: string }) => p.name === 'Dana Reyes')).toMatchObject({ escalatedFrom: 'Lena Lead' })
  expect(await control()).toMatchObject({ state: 'in force' })
  await age(9)
  expect(await control()).toMatchObject({ state: 'attention', evidence: expect.stringContaining('overdue') })
  expect((await report(id)).state).toBe('overdue')
})

it('opens itself once a quarter, and notes what was lost on the way', async () => {
  const due = () => s.perform(campaignIsDue, jobActor(s.practiceId, campaignJob), {})
  await tend()
  expect((await s.as(owner).get('/api/access-reviews')).json()).toEqual([])
  await s.owner.query(`update practice set created_at = created_at - interval '100 days'`)
  expect(await due()).toEqual({ due: true })
  await tend()
  const [line] = (await s.as(owner).get('/api/access-reviews')).json()
  expect(line).toMatchObject({ state: 'open', people: 4, openedByName: 'Nacre' })
  expect(await due()).toEqual({ due: false })
  await s.owner.query(`update app_user set active = false where id = $1`, [desk.id])
  expect(await due()).toEqual({ due: true })
  await tend()
  const dana = (await report(line.id)).items.find((i: { name: string }) => i.name === 'Dana Reyes')
  expect(dana.decisions.map((d: { decision: string }) => d.decision)).toEqual(['gone', 'gone', 'gone', 'gone'])
  for (const who of [owner, officer]) await confirmAll(who)
  await s.owner.query(`update campaign set opened_at = opened_at - interval '95 days', quarter = '2020-Q1'`)
  await tend()
  expect((await s.as(owner).get('/api/access-reviews')).json()).toHaveLength(2)
})

it('says under Posture when nobody else could decide on the owner', async () => {
  await s.owner.query(`update app_user set active = false where id in ($1, $2, $3)`, [officer.id, lead.id, desk.id])
  await s.person(['front-desk'])
  await open()
  expect(await control()).toMatchObject({ state: 'attention', evidence: expect.stringContaining('name a compliance officer') })
})
