import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { PatientId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let owner: TestPerson
let desk: TestPerson
let marketing: TestPerson
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'], { name: 'Olive Owner' })
  desk = await s.person(['front-desk'], { name: 'Dana Reyes' })
  marketing = await s.person(['marketing'])
})
afterAll(() => s.close())

/** Until nothing waits: the sequencer leaves alone what a transaction that is open anywhere in the cluster could still precede. */
const sealed = () =>
  expect.poll(async () => {
    await s.drain()
    const { rows } = await s.owner.query('select count(*)::int as n from audit.event e where not exists (select from audit.leaf l where l.practice_id = e.practice_id and l.event_id = e.id)')
    return rows[0].n
  }).toBe(0)

const trail = async (query: string) => (await s.as(owner).get(`/api/trail?${query}`)).json()
const card = (who: TestPerson, patientId: string) => s.as(who).get(`/api/patients/${patientId}/card`)

// @proves 164.312(b)
it('says who saw what of a patient, by name and role, also before the event is sealed', async () => {
  const ana = await s.patient()
  await card(desk, ana.id)
  const { lines } = await trail(`patientId=${ana.id}&actor=${desk.id}`)
  expect(lines).toEqual([
    expect.objectContaining({
      actor: desk.id, actorName: 'Dana Reyes', roles: ['front-desk'], action: 'patient.card', outcome: 'done', patientId: ana.id,
      does: "see a patient's name, birth date and contact data",
      opened: [{ record: 'patient', patientId: ana.id, rows: 1, fields: ['birthDate', 'calledName', 'email', 'familyName', 'givenName', 'phone'] }],
    }),
  ])
  expect(JSON.stringify(lines)).not.toContain('1990')
  await sealed()
  expect((await trail(`patientId=${ana.id}&actor=${desk.id}`)).lines[0].seq).toEqual(expect.any(Number))
})

it('finds a search across patients in the trail of each patient whom it showed', async () => {
  const ida = await s.patient({ familyName: 'Quillfeather' })
  await s.as(desk).post('/api/patients/find', { q: 'quillf' })
  await sealed()
  const answer = await s.as(owner).get(`/api/patients/${ida.id}/trail`)
  // Reading her trail is itself in her trail.
  expect(answer.json().lines.slice(0, 2)).toMatchObject([
    { action: 'trail.of-patient', actorName: 'Olive Owner', patientId: ida.id },
    { action: 'patient.find', actorName: 'Dana Reyes', patientId: '*' },
  ])
  expect((await s.trailOf(ida.id)).at(-1)).toMatchObject({ actor: owner.id, action: 'trail.of-patient', outcome: 'done', patientId: ida.id })
})

it('filters by person, action, outcome and time, and pages without losing or repeating a line', async () => {
  const ana = await s.patient()
  const from = new Date().toISOString()
  for (let n = 0; n < 60; n++) await card(desk, ana.id)
  await card(marketing, ana.id)
  const to = new Date().toISOString()
  const first = await trail(`action=patient.card&from=${from}&to=${to}`)
  const second = await trail(`action=patient.card&from=${from}&to=${to}&before=${first.next}`)
  expect([first.lines.length, second.lines.length, second.next]).toEqual([50, 11, undefined])
  expect(new Set([...first.lines, ...second.lines].map((l: { id: string }) => l.id)).size).toBe(61)
  const refused = await trail(`outcome=denied&from=${from}&to=${to}`)
  expect(refused.lines).toEqual([expect.objectContaining({ actor: marketing.id, outcome: 'denied', rule: 'role', opened: [] })])
  expect((await trail(`actor=${desk.id}&action=patient.find&from=${from}`)).lines).toEqual([])
  expect((await s.as(owner).get('/api/trail?from=yesterday')).json()).toMatchObject({ status: 422, errors: [{ path: 'from' }] })
})

// @proves 164.308(a)(1)(ii)(D)
it('shows the refused attempts, and who last reviewed them', async () => {
  const ana = await s.patient()
  await card(marketing, ana.id)
  expect((await s.as(owner).get('/api/reviews/refusals')).json()).toEqual({})
  expect((await s.as(owner).post('/api/reviews', { subject: 'refusals' })).statusCode).toBe(200)
  const answer = (await s.as(owner).get('/api/trail/refusals')).json()
  expect(answer.lines[0]).toMatchObject({ actor: marketing.id, outcome: 'denied', patientId: ana.id })
  expect(answer.lines.every((l: { outcome: string }) => l.outcome === 'denied')).toBe(true)
  expect(answer.reviewed).toMatchObject({ reviewedByName: 'Olive Owner', subject: 'refusals' })
})

// @proves 164.312(a)(1)
it('keeps the trail from everybody else, and puts their attempt into it', async () => {
  const ana = await s.patient()
  const asked = [
    await s.as(desk).get('/api/trail'), await s.as(desk).get(`/api/patients/${ana.id}/trail`), await s.as(desk).get('/api/trail/refusals'),
    await s.as(desk).get('/api/trail/actions'), await s.as(desk).get('/api/trail/checks'), await s.as(desk).post('/api/trail/verify', {}),
    await s.as(desk).post('/api/reviews', { subject: 'refusals' }), await s.as(desk).get('/api/reviews/refusals'),
  ]
  for (const answer of asked) expect(answer.json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  const denied = (await s.trailOf()).filter((e) => e.actor === desk.id && e.outcome === 'denied').map((e) => e.action)
  expect(denied).toEqual(['trail.list', 'trail.of-patient', 'trail.refusals', 'trail.actions', 'trail.checks', 'trail.verify', 'review.sign', 'review.last'])
})

const peek = action({
  name: 'test.peek', does: 'look into the trail under another name', purpose: 'operations', phi: 'identity', patient: ({ patientId }) => patientId, allow: roleAlone,
  input: z.object({ patientId: PatientId }), output: z.object({ lines: z.number() }),
  run: async (tx) => ({ lines: (await tx.trail({ limit: 10 })).length }),
})
// @proves 164.312(a)(1)
it('shows the trail to no action of another name, whatever it asks the database', async () => {
  const ana = await s.patient()
  expect(await s.perform(peek, s.setUp, { patientId: ana.id })).toEqual({ lines: 0 })
})

const verified = async () => {
  const asked = await s.as(owner).post('/api/trail/verify', {})
  expect(asked.json()).toMatchObject({ state: 'running', requestedBy: owner.id })
  await s.drain()
  const [last] = (await s.as(owner).get('/api/trail/checks')).json()
  expect(last.id).toBe(asked.json().id)
  return last
}

// @proves 164.312(c)(2)
it('verifies the whole trail with the program that an auditor runs, and puts on record who asked and what was found', async () => {
  const check = await verified()
  expect(check).toMatchObject({ state: 'verified', requestedByName: 'Olive Owner', finding: '', root: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const { rows } = await s.owner.query('select max(size)::int as size from audit.head')
  expect(check.events).toBeLessThanOrEqual(rows[0].size)
  expect(check.sealed).toBe(check.events)
  expect((await s.trailOf()).filter((e) => e.action === 'trail.record-check').at(-1)).toMatchObject({ actor: 'job:trail.check', outcome: 'done' })
})

// @proves 164.312(c)(2)
it('writes an export over which the verifier says the same on the command line', async () => {
  await sealed()
  const folder = join(s.dir, 'export')
  const made = await s.exportTrail(s.practiceId, folder)
  expect(made.publishedHeads && existsSync(made.publishedHeads)).toBe(true)
  const { stdout } = await promisify(execFile)(process.execPath, ['verify/nacre-verify.mjs', folder, '--heads', String(made.publishedHeads), '--json'])
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ verified: true, events: made.events, unsealed: 0, practiceId: s.practiceId })
  expect(await s.verifyTrail(s.practiceId)).toMatchObject({ verified: true, events: report.events, root: report.root })
})

// @proves 164.312(c)(2)
it('names the first bad event when somebody with all rights on the database has edited one', async () => {
  await sealed()
  const { rows } = await s.owner.query(`select l.seq::int as seq, e.id, e.actor from audit.leaf l join audit.event e on e.id = l.event_id where e.action = 'patient.card' order by l.seq limit 1`)
  const [bad] = rows
  await s.owner.query(`update audit.event set actor = 'usr_somebody_else' where id = $1`, [bad.id])
  const check = await verified()
  expect(check).toMatchObject({ state: 'not-verified', firstBad: bad.seq, finding: expect.stringContaining(`position ${bad.seq}`) })
  await s.owner.query('update audit.event set actor = $2 where id = $1', [bad.id, bad.actor])
  expect(await verified()).toMatchObject({ state: 'verified' })
})

// @proves 164.312(c)(2)
it('finds where the end of the trail was cut off and another put in its place, by the heads that were published outside the database', async () => {
  await sealed()
  const { rows: [last] } = await s.owner.query('select max(seq)::int as seq from audit.leaf')
  const { rows: [head] } = await s.owner.query('select max(size)::int as size from audit.head where size <= $1', [last.seq])
  await s.owner.query('delete from audit.leaf where seq >= $1', [head.size])
  await s.owner.query('delete from audit.head where size > $1', [head.size])
  const report = await s.verifyTrail(s.practiceId)
  expect(report.verified).toBe(false)
  expect(report.firstBad).toBe(head.size)
})
