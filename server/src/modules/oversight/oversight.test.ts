import { afterAll, beforeAll, expect, it } from 'vitest'
import { jobActor } from '#kernel/job.ts'
import { changeService } from '#modules/practices'
import { bookAtDesk } from '#modules/scheduling'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { watchIsDue, watchJob, watchTrail } from './watch.ts'

let s: Spa
let owner: TestPerson
let officer: TestPerson
let desk: TestPerson
let nurse: TestPerson
let other: TestPerson
let serviceId: string
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'], { name: 'Olive Owner' })
  officer = await s.person(['compliance-officer'], { name: 'Cora Officer' })
  desk = await s.person(['front-desk'], { name: 'Dana Reyes' })
  nurse = await s.person(['injector'], { name: 'Nina García-Vale', isProvider: true })
  other = await s.person(['injector'], { name: 'Otto Brandt', isProvider: true })
  const made = await s.perform(changeService, s.setUp, { name: 'Follow-up', minutes: 30, priceCents: 0, onlineBooking: false, active: true, providerIds: [nurse.id, other.id] as never })
  serviceId = made.id
})
afterAll(() => s.close())

let slot = 0
/** With this provider, tomorrow or a day around it. */
const visit = (patientId: string, providerId: string) =>
  s.perform(bookAtDesk, s.setUp, {
    patientId, providerId, serviceId, locationId: s.locationId, startsAt: new Date(Date.now() + 86_400_000 + ++slot * 3_600_000).toISOString(),
  } as never)
/** Somebody who has been a patient for long. */
const known = async (more: Parameters<Spa['patient']>[0] = {}) => {
  const made = await s.patient(more)
  await s.owner.query(`update patient set created_at = now() - interval '200 days' where id = $1`, [made.id])
  return made
}
const look = async () => {
  await s.seal()
  expect((await s.as(owner).post('/api/oversight/look', {})).statusCode).toBe(200)
  await s.drain()
}
const queue = async (who = owner, query = '') => (await s.as(who).get(`/api/oversight${query}`)).json()
const about = async (who: TestPerson, patientId: string, by = owner) =>
  (await queue(by)).items.find((i: { userId: string; patientId: string }) => i.userId === who.id && i.patientId === patientId)
const card = (who: TestPerson, patientId: string) => s.as(who).get(`/api/patients/${patientId}/card`)
const chart = (who: TestPerson, patientId: string) => s.as(who).get(`/api/patients/${patientId}/chart`)
const judge = (who: TestPerson, { id, patientId }: { id: string; patientId: string }, verdict: string, note = 'She asked me to look.') =>
  s.as(who).post(`/api/patients/${patientId}/suspicions/${id}/close`, { verdict, note })

// @proves 164.308(a)(1)(ii)(D)
it('finds who opened a record without appointment, and says so without naming the patient', async () => {
  const ana = await known({ familyName: 'Quillfeather' })
  await visit(ana.id, nurse.id)
  for (const who of [nurse, other, desk]) expect((await card(who, ana.id)).statusCode).toBe(200)
  expect((await chart(nurse, ana.id)).statusCode).toBe(200)
  await look()
  expect(await about(nurse, ana.id)).toBeUndefined()
  expect(await about(desk, ana.id)).toBeUndefined()
  const found = await about(other, ana.id)
  expect(found).toMatchObject({ who: 'Otto Brandt', kinds: ['no-link'], state: 'open', said: 'opened the record of a patient without appointment, task, message or payment' })
  expect(JSON.stringify(await queue())).not.toContain('Quillfeather')
})

it('counts a desk that opens somebody who has nothing to do with the practice now, but not her own work', async () => {
  const [idle, worked] = [await known(), await known()]
  await card(desk, idle.id)
  await card(desk, worked.id)
  await s.as(desk).post(`/api/patients/${worked.id}/forms-link`, { sentBy: 'hand-over' })
  const sent = await s.trailOf(worked.id)
  await look()
  expect(sent.some((e) => e.action === 'forms.send-link' && e.outcome === 'done')).toBe(true)
  expect(await about(desk, idle.id)).toMatchObject({ kinds: ['no-link'] })
  expect(await about(desk, worked.id)).toBeUndefined()
})

it('takes a search that found one patient for an opening, and one that found several for none', async () => {
  const [one, two, three] = [await known({ familyName: 'Solitaire' }), await known({ familyName: 'Twinsmith' }), await known({ familyName: 'Twinsmith' })]
  await s.as(other).post('/api/patients/find', { q: 'solitaire' })
  await s.as(other).post('/api/patients/find', { q: 'twinsmith' })
  await look()
  expect(await about(other, one.id)).toMatchObject({ kinds: ['no-link'] })
  expect([await about(other, two.id), await about(other, three.id)]).toEqual([undefined, undefined])
})

it('finds a namesake without accents and case, also where there is an appointment', async () => {
  const lia = await known({ familyName: 'VALE' })
  await visit(lia.id, nurse.id)
  await chart(nurse, lia.id)
  await look()
  expect(await about(nurse, lia.id)).toMatchObject({ kinds: ['same-surname'], said: 'opened the chart of a patient with the same surname' })
})

it('finds who lives in the same house, by the address that she entered or an administrator did', async () => {
  const bo = await known()
  await s.as(owner).patch(`/api/patients/${bo.id}`, {})
  await s.as(desk).patch(`/api/patients/${bo.id}`, { address: '12 Elm Street, Springfield, NY 10001' })
  await visit(bo.id, nurse.id)
  expect((await s.as(nurse).put('/api/homes/own', { address: '12 elm st apt 4, Springfield NY 10001' })).statusCode).toBe(200)
  expect((await s.as(nurse).get('/api/homes/own')).json()).toMatchObject({ address: '12 elm st apt 4, Springfield NY 10001' })
  expect((await s.as(desk).get(`/api/homes/${nurse.id}`)).json()).toMatchObject({ status: 403, refusal: { rule: 'own-home' } })
  expect((await s.as(owner).get(`/api/homes/${nurse.id}`)).statusCode).toBe(200)
  await card(nurse, bo.id)
  await look()
  expect(await about(nurse, bo.id)).toMatchObject({ kinds: ['same-address'] })
})

it('says at every chart of one of the team: why? Then it opens, for the day, and the reason is with whoever looks at it', async () => {
  const self = await known({ email: desk.email })
  await visit(self.id, nurse.id)
  await s.as(owner).put(`/api/homes/${desk.id}`, { phone: '' })
  await s.drain()
  const asked = await chart(nurse, self.id)
  expect(asked.json()).toMatchObject({ status: 403, refusal: { rule: 'said-why', fix: { href: `/patients/${self.id}/why` }, whoCanFix: expect.any(String) } })
  expect((await s.as(nurse).get(`/api/patients/${self.id}/notes`)).statusCode).toBe(403)
  expect((await s.as(nurse).get(`/api/patients/${self.id}/photos`)).statusCode).toBe(403)
  expect((await s.as(nurse).post(`/api/patients/${self.id}/reasons`, { reason: 'x' })).json()).toMatchObject({ status: 422, errors: [{ path: 'reason' }] })
  expect((await s.as(nurse).post(`/api/patients/${self.id}/reasons`, { reason: 'Her visit is tomorrow, I prepare it.' })).statusCode).toBe(200)
  expect((await chart(nurse, self.id)).statusCode).toBe(200)
  // A reason opens nothing for whoever does not treat her, and nothing for anybody else.
  await s.as(other).post(`/api/patients/${self.id}/reasons`, { reason: 'I would like to know.' })
  expect((await chart(other, self.id)).json()).toMatchObject({ status: 403, refusal: { rule: 'treats' } })
  await look()
  const found = await about(nurse, self.id)
  expect(found).toMatchObject({ kinds: ['staff-patient'], said: 'opened the chart of a patient who works here too' })
  const opened = (await s.as(officer).get(`/api/patients/${self.id}/suspicions/${found.id}`)).json()
  expect(opened).toMatchObject({ reasons: [{ reason: 'Her visit is tomorrow, I prepare it.' }] })
  expect(opened.events.map((e: { does: string }) => e.does)).toContain("open a patient's chart: alerts, visits, treatment notes and consents")
  // It is asked again tomorrow.
  await s.owner.query(`update patient_flag set opened_for = array[$1 || ' 2020-01-01'] where patient_id = $2`, [nurse.id, self.id])
  expect((await chart(nurse, self.id)).statusCode).toBe(403)
})

it('marks a patient as well known, and takes the mark back; nobody takes back the one about herself', async () => {
  const star = await known()
  await visit(star.id, nurse.id)
  const marked = await s.as(owner).post(`/api/patients/${star.id}/marks`, { kind: 'vip', reason: 'Reads the news on television' })
  expect(marked.statusCode).toBe(200)
  expect((await s.as(owner).post(`/api/patients/${star.id}/marks`, { kind: 'vip', reason: 'Once more' })).statusCode).toBe(409)
  expect((await s.as(desk).post(`/api/patients/${star.id}/marks`, { kind: 'vip', reason: 'For fun' })).json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await chart(nurse, star.id)).statusCode).toBe(403)
  expect((await s.as(officer).get('/api/oversight/marked')).json()).toContainEqual(expect.objectContaining({ patientId: star.id, kind: 'vip', setByName: 'Olive Owner', reason: 'Reads the news on television' }))
  expect((await s.as(officer).post(`/api/patients/${star.id}/marks/${marked.json().id}/end`, {})).statusCode).toBe(200)
  expect((await chart(nurse, star.id)).statusCode).toBe(200)
  const own = await known()
  const { id } = (await s.as(officer).post(`/api/patients/${own.id}/marks`, { kind: 'team', userId: owner.id, reason: 'She comes here too' })).json()
  expect((await s.as(owner).post(`/api/patients/${own.id}/marks/${id}/end`, {})).json()).toMatchObject({ status: 403, refusal: { rule: 'not-own-mark' } })
  expect((await s.trailOf(own.id)).at(-1)).toMatchObject({ actor: owner.id, action: 'oversight.unmark', outcome: 'denied', rule: 'not-own-mark' })
})

// @proves 164.308(a)(1)(ii)(D)
it('is judged by somebody else: whoever it is about neither sees nor opens nor closes it, not even the owner', async () => {
  const eve = await known()
  await card(owner, eve.id)
  await look()
  expect(await about(owner, eve.id, owner)).toBeUndefined()
  const found = await about(owner, eve.id, officer)
  expect(found).toMatchObject({ who: 'Olive Owner', kinds: ['no-link'] })
  for (const answer of [await s.as(owner).get(`/api/patients/${eve.id}/suspicions/${found.id}`), await judge(owner, found, 'justified')])
    expect(answer.json()).toMatchObject({ status: 403, refusal: { rule: 'not-about-oneself', whoCanFix: expect.stringContaining('compliance officer') } })
  await expect(s.owner.query(`update suspicion set state = 'justified', closed_at = now(), closed_by = user_id where id = $1`, [found.id])).rejects.toThrow(/judged_by_somebody_else/)
  expect((await judge(officer, found, 'incident', 'No reason was found; reported.')).statusCode).toBe(200)
  expect((await judge(officer, found, 'justified')).statusCode).toBe(409)
  expect((await queue(officer, '?state=closed')).items[0]).toMatchObject({ id: found.id, state: 'incident', closedByName: 'Cora Officer' })
})

it('shows whose record it was only when one item is opened, and that is in her trail', async () => {
  const may = await known({ givenName: 'Maya', familyName: 'Hollis' })
  await card(other, may.id)
  await look()
  const found = await about(other, may.id)
  const before = await s.trailOf(may.id)
  expect(before.some((e) => e.actor === owner.id)).toBe(false)
  const opened = await s.as(owner).get(`/api/patients/${may.id}/suspicions/${found.id}`)
  expect(opened.json()).toMatchObject({ patientName: 'Maya Hollis', events: [{ does: "see a patient's name, birth date and contact data" }] })
  expect((await s.trailOf(may.id)).at(-1)).toMatchObject({ actor: owner.id, action: 'trail.suspicion', outcome: 'done', patientId: may.id })
  expect((await s.as(owner).get(`/api/patients/${may.id}/suspicions/sus_00000000000000000000000000`)).statusCode).toBe(404)
  const [seen, closed] = [await s.as(desk).get(`/api/patients/${may.id}/suspicions/${found.id}`), await judge(desk, found, 'justified')]
  for (const answer of [seen, closed, await s.as(desk).get('/api/oversight')]) expect(answer.json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
})

it('keeps one line a person, patient and day; a new cause opens it again, the same does not', async () => {
  const zoe = await known()
  await card(other, zoe.id)
  await look()
  const first = await about(other, zoe.id)
  await card(other, zoe.id)
  await look()
  expect(await about(other, zoe.id)).toMatchObject({ id: first.id, openings: 2 })
  await judge(owner, first, 'false-alarm')
  await card(other, zoe.id)
  await look()
  expect(await about(other, zoe.id)).toBeUndefined()
  await s.as(owner).post(`/api/patients/${zoe.id}/marks`, { kind: 'vip', reason: 'On television since today' })
  await card(other, zoe.id)
  await look()
  expect(await about(other, zoe.id)).toMatchObject({ id: first.id, kinds: ['no-link', 'vip'], state: 'open', openings: 4 })
})

it('counts false alarms by cause, and lets one cause be silent for one pair, until then; not for oneself', async () => {
  const sister = await known({ familyName: 'Brandt' })
  await visit(sister.id, other.id)
  await card(other, sister.id)
  await look()
  const found = await about(other, sister.id)
  expect(found).toMatchObject({ kinds: ['same-surname'] })
  await judge(owner, found, 'false-alarm', 'Her brother treats her, she has agreed.')
  expect((await queue()).rates).toContainEqual({ kind: 'same-surname', closed: 1, falseAlarms: 1 })
  const mute = { userId: other.id, kind: 'same-surname', reason: 'Her brother treats her, she has agreed.', days: 90 }
  const made = await s.as(owner).post(`/api/patients/${sister.id}/mutes`, mute)
  expect(made.statusCode).toBe(200)
  expect((await s.as(owner).post(`/api/patients/${sister.id}/mutes`, { ...mute, userId: owner.id })).json()).toMatchObject({ status: 403, refusal: { rule: 'not-for-oneself' } })
  await s.owner.query(`update suspicion set day = day - 1 where id = $1`, [found.id])
  await card(other, sister.id)
  await look()
  expect(await about(other, sister.id)).toBeUndefined()
  expect((await s.as(officer).post(`/api/patients/${sister.id}/mutes/${made.json().id}/end`, {})).statusCode).toBe(200)
  await card(other, sister.id)
  await look()
  expect(await about(other, sister.id)).toMatchObject({ kinds: ['same-surname'] })
})

it('finds a day far above somebody’s own normal, once', async () => {
  const busy = await s.person(['front-desk'], { name: 'Bea Usual' })
  for (let n = 1; n <= 10; n++)
    await s.owner.query(`insert into volume_day (practice_id, id, user_id, day, patients, flagged) values ($1, $2, $3, current_date - $4::int - 1, 8, false)`, [s.practiceId, `vol_${String(n).padStart(26, '0')}`, busy.id, n])
  const people = await Promise.all(Array.from({ length: 26 }, () => known()))
  for (const p of people) await visit(p.id, other.id)
  for (const p of people.slice(0, 24)) await card(busy, p.id)
  await look()
  const mine = async () => (await queue()).items.filter((i: { userId: string }) => i.userId === busy.id)
  expect(await mine()).toEqual([expect.objectContaining({ kinds: ['volume'], said: 'opened the record of a patient; 24 patients that day, usually 8' })])
  for (const p of people.slice(24)) await card(busy, p.id)
  await look()
  expect(await mine()).toHaveLength(1)
})

it('looks at every event once: where it stands commits together with what it found, and a practice at rest writes nothing', async () => {
  await look()
  const seq = async () => (await s.owner.query('select seq from watch_progress')).rows[0].seq
  const before = await seq()
  expect(before).toBeGreaterThan(100)
  const job = jobActor(s.practiceId, watchJob)
  await s.perform(watchTrail, job, {})
  await s.seal()
  // Its own event is all that is new.
  expect(await s.perform(watchIsDue, job, {})).toEqual({ watch: false, detect: false })
  const ana = await known()
  await card(other, ana.id)
  await s.seal()
  expect(await s.perform(watchIsDue, job, {})).toMatchObject({ watch: true })
  // Two at the same moment: one waits for the other, and finds nothing left.
  const both = await Promise.all([s.perform(watchTrail, job, {}), s.perform(watchTrail, job, {})])
  expect(both.map((b) => b.raised).reduce((a, b) => a + b)).toBe(1)
  expect(await about(other, ana.id)).toMatchObject({ openings: 1 })
  expect((await s.as(desk).post('/api/oversight/look', {})).statusCode).toBe(403)
  // Row security hides a suspicion like everything else about a patient.
  expect((await s.pool.query('select * from suspicion')).rows).toEqual([])
})

it('tells under Posture how long the queue has waited', async () => {
  const control = async () => (await s.as(owner).get('/api/posture')).json().controls.find((c: { name: string }) => c.name === 'openings-watched')
  await look()
  expect(await control()).toMatchObject({ state: 'in force', evidence: expect.stringMatching(/\d+ openings? without visible cause/) })
  await s.owner.query(`update suspicion set first_at = first_at - interval '9 days' where state = 'open'`)
  expect(await control()).toMatchObject({ state: 'attention' })
  await s.owner.query(`update suspicion set first_at = first_at - interval '30 days' where state = 'open'`)
  expect(await control()).toMatchObject({ state: 'not in force' })
})

