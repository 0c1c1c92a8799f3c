import { z } from 'zod'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { compose, type Carrier } from '#kernel/dispatch.ts'
import { PatientId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

const confirm = action({
  name: 'test.confirm', does: 'send a message in a test', purpose: 'operations', phi: 'identity', patient: ({ patientId }) => patientId, allow: roleAlone,
  input: z.object({ patientId: PatientId, to: z.string() }), output: z.object({ messageId: z.string() }),
  run: async (tx, { patientId, to }) => {
    const fields = { practice: 'Pearl Aesthetics', place: 'Downtown', when: 'Monday, 4 January, 9:00', phone: '+12125550100', reference: 'K3F7-9Q2M', link: 'https://example.test/v/x', name: 'Ana' }
    const made = await compose(tx, { channel: 'email', template: 'booking-confirmation', to, language: 'en', fields, patientId, ownTerms: [] })
    return { messageId: made.id }
  },
})

const mailbox: { to: string; body: string }[] = []
let refusesNext = false
const mail: Carrier = {
  send: async ({ to, body }) => {
    if (refusesNext) throw new (await import('#kernel/dispatch.ts')).CarrierRefused('no such address')
    mailbox.push({ to, body })
  },
}

let held: Spa
let sending: Spa
let people: { owner: TestPerson; desk: TestPerson }
beforeAll(async () => {
  held = await spa()
  sending = await spa({ mail })
  people = { owner: await held.person(['owner']), desk: await held.person(['front-desk']) }
})
afterAll(() => Promise.all([held.close(), sending.close()]))

const send = async (s: Spa, to = 'ana@example.test') => {
  const ana = await s.patient()
  const { messageId } = await s.perform(confirm, s.setUp, { patientId: ana.id, to })
  await s.drain()
  return { patientId: String(ana.id), messageId }
}

// @proves 164.502(b)
it('lists what waits in the outbox without opening a single message, and opens one on demand, on record', async () => {
  const { patientId, messageId } = await send(held)
  const list = await held.as(people.owner).get('/api/outbox?state=held')
  expect(list.json().messages[0]).toMatchObject({ id: messageId, patientId, state: 'held', template: 'booking-confirmation', problem: 'No carrier is configured for this channel.' })
  expect(list.body).not.toContain('ana@example.test')
  expect((await held.trailOf()).at(-1)).toMatchObject({ action: 'outbox.list', opened: [] })
  const one = await held.as(people.owner).get(`/api/outbox/${messageId}?patientId=${patientId}`)
  expect(one.json()).toMatchObject({ recipient: 'ana@example.test', subject: expect.any(String), body: expect.any(String) })
  expect((await held.trailOf(patientId)).at(-1)).toMatchObject({
    actor: people.owner.id, action: 'outbox.read', opened: [{ record: 'outbox_message', patientId, rows: [messageId], fields: ['body', 'recipient', 'subject'] }],
  })
})

it('keeps the outbox and the agreements from the front desk, says why, and records it', async () => {
  const { patientId, messageId } = await send(held)
  const as = held.as(people.desk)
  const asked = [
    await as.get('/api/outbox'), await as.get(`/api/outbox/${messageId}?patientId=${patientId}`), await as.post(`/api/outbox/${messageId}/retry`, { patientId }),
    await as.get('/api/vendors'), await as.post('/api/vendors', { name: 'Mail Co', channel: 'email' }),
    await as.post('/api/vendors/vnd_00000000000000000000000000/agreements', { startsOn: '2026-01-01', endsOn: '2027-01-01', signedBy: 'Dana' }),
  ]
  for (const answer of asked) expect(answer.json()).toMatchObject({ status: 403, refusal: { rule: 'role', whoCanFix: expect.any(String) } })
  const denied = (await held.trailOf()).filter((e) => e.actor === people.desk.id && e.outcome === 'denied').map((e) => e.action)
  expect(denied).toEqual(['outbox.list', 'outbox.read', 'outbox.retry', 'vendor.list', 'vendor.create', 'agreement.create'])
})

it('does not find a message under another patient, nor one that does not exist', async () => {
  const { messageId } = await send(held)
  const other = await held.patient()
  expect((await held.as(people.owner).get(`/api/outbox/${messageId}?patientId=${other.id}`)).statusCode).toBe(404)
  expect((await held.as(people.owner).get('/api/outbox/out_00000000000000000000000000')).statusCode).toBe(404)
})

it('sends a message again only when it was held or refused, and then really sends it', async () => {
  const owner = await sending.person(['owner'])
  refusesNext = true
  const { messageId, patientId } = await send(sending, 'typo@example.test')
  refusesNext = false
  const failed = (await sending.as(owner).get('/api/outbox?state=failed')).json().messages[0]
  expect(failed).toMatchObject({ id: messageId, problem: 'The carrier refused it.' })
  expect((await sending.as(owner).post(`/api/outbox/${messageId}/retry`, { patientId })).json()).toMatchObject({ state: 'waiting' })
  await sending.drain()
  expect(mailbox.map((m) => m.to)).toContain('typo@example.test')
  expect((await sending.as(owner).get('/api/outbox?state=sent')).json().messages[0]).toMatchObject({ id: messageId })
  const again = await sending.as(owner).post(`/api/outbox/${messageId}/retry`, { patientId })
  expect(again.json()).toMatchObject({ status: 409, detail: expect.stringContaining('sent') })
})

// @proves 164.308(b)(1)
it('knows of each carrier whether an agreement is in force today', async () => {
  const as = held.as(people.owner)
  const vendor = (await as.post('/api/vendors', { name: 'Mail Co', channel: 'email' })).json()
  const inForce = async () => (await as.get('/api/vendors')).json().find((v: { id: string }) => v.id === vendor.id).inForce
  const agree = (startsOn: string, endsOn: string) => as.post(`/api/vendors/${vendor.id}/agreements`, { startsOn, endsOn, signedBy: 'Olive Owner' })
  const day = (n: number) => afterDays(new Date().toISOString(), n).slice(0, 10)
  expect(await inForce()).toBe(false)
  await agree(day(-400), day(-30))
  expect(await inForce()).toBe(false)
  await agree(day(-1), day(300))
  expect(await inForce()).toBe(true)
  expect((await agree(day(3), day(1))).json()).toMatchObject({ status: 422, errors: [{ path: 'endsOn' }] })
  expect((await as.post('/api/vendors/vnd_00000000000000000000000000/agreements', { startsOn: day(0), endsOn: day(1), signedBy: 'x' })).statusCode).toBe(404)
  expect((await as.post('/api/vendors', { name: ' ', channel: 'email' })).json()).toMatchObject({ status: 422, errors: [{ path: 'name' }] })
})
