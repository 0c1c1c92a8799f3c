import { afterAll, beforeAll, expect, it } from 'vitest'
import { addLocation, changeService } from '#modules/practices'
import { bookAtDesk, checkIn } from '#modules/scheduling'
import type { Id } from '#kernel/id.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let desk: TestPerson
let provider: TestPerson
let botox: Id<'svc'>
beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
  provider = await s.person(['provider'], { isProvider: true })
  const made = await s.perform(changeService, s.setUp, {
    name: 'Botox, forehead', minutes: 30, priceCents: 42_000, onlineBooking: true, active: true, providerIds: [provider.id],
  })
  botox = made.id
})
afterAll(() => s.close())

let hour = 0
const visit = async () => {
  const { id: patientId } = await s.patient()
  const startsAt = new Date(Date.UTC(2027, 0, 4, hour++)).toISOString()
  const { id: appointmentId } = await s.perform(bookAtDesk, s.setUp, { patientId, locationId: s.locationId, providerId: provider.id, serviceId: botox, startsAt })
  await s.perform(checkIn, s.setUp, { patientId, appointmentId })
  return { patientId, appointmentId }
}
const open = async () => {
  const of = await visit()
  const answer = await s.as(desk).post('/api/checkouts', of)
  expect(answer.statusCode).toBe(200)
  return { ...of, saleId: String(answer.json().id), sale: answer.json() }
}
const cash = (amountCents: number, tenderedCents?: number) => ({ method: 'cash', amountCents, ...(tenderedCents ? { tenderedCents } : {}) })
const pay = (of: { saleId: string; patientId: string }, payments: object[], key?: string) =>
  s.as(desk).post(`/api/checkouts/${of.saleId}/pay`, { patientId: of.patientId, payments }, key ? { 'idempotency-key': key } : {})
const stateOf = async (appointmentId: string) =>
  (await s.owner.query(`select state || case when paid_at is null then ', not paid' else ', paid' end as state from appointment where id = $1`, [appointmentId])).rows[0].state

it('checks out a visit with its service at its price, once, however often it is opened', async () => {
  const { sale, patientId, appointmentId, saleId } = await open()
  expect(sale).toMatchObject({ state: 'open', totalCents: 42_000, lines: [{ description: 'Botox, forehead', quantity: 1, unitCents: 42_000, amountCents: 42_000 }], payments: [] })
  expect((await s.as(desk).post('/api/checkouts', { patientId, appointmentId })).json().id).toBe(saleId)
  const racing = await visit()
  const answers = await Promise.all(Array.from({ length: 4 }, () => s.as(desk).post('/api/checkouts', racing)))
  expect(new Set(answers.filter((a) => a.statusCode === 200).map((a) => a.json().id)).size).toBe(1)
  for (const a of answers.filter((r) => r.statusCode !== 200)) expect(a.json()).toMatchObject({ status: 409, detail: expect.stringContaining('being checked out already') })
  expect((await s.owner.query('select count(*)::int as n from sale where appointment_id = $1', [racing.appointmentId])).rows[0].n).toBe(1)
})

it('takes lines, discounts and a split payment, gives change, and ends the visit', async () => {
  const of = await open()
  const changed = await s.as(desk).put(`/api/checkouts/${of.saleId}/lines`, {
    patientId: of.patientId,
    lines: [
      { description: 'Botox, forehead', serviceId: botox, quantity: 20, unitCents: 1_400, discountCents: 3_000 },
      { description: 'Sunscreen', quantity: 1, unitCents: 3_800 },
    ],
  })
  expect(changed.json()).toMatchObject({ totalCents: 28_800, lines: [{ amountCents: 25_000 }, { description: 'Sunscreen', amountCents: 3_800 }] })
  const paid = await pay(of, [{ method: 'external-terminal', amountCents: 20_000, reference: 'AUTH 042178' }, cash(8_800, 10_000)])
  expect(paid.statusCode).toBe(200)
  expect(paid.json()).toMatchObject({ state: 'paid', number: expect.any(Number), payments: [{ amountCents: 20_000 }, { amountCents: 8_800, tenderedCents: 10_000 }] })
  expect(await stateOf(of.appointmentId)).toBe('done, paid')
  expect((await s.trailOf(of.patientId)).at(-1)).toMatchObject({ actor: desk.id, action: 'checkout.pay', outcome: 'done', patientId: of.patientId })
})

// @proves 164.502(b)
it('prints a receipt without the name of the patient and without what was done', async () => {
  const of = await open()
  await pay(of, [cash(42_000, 50_000)])
  const receipt = await s.as(desk).get(`/api/patients/${of.patientId}/receipts/${of.saleId}`)
  expect(receipt.json()).toMatchObject({
    practice: { name: 'Pearl Aesthetics' }, totalCents: 42_000, changeCents: 8_000, lines: [{ label: 'Services', quantity: 1, amountCents: 42_000 }],
    payments: [{ method: 'cash', amountCents: 42_000, tenderedCents: 50_000 }],
  })
  expect(receipt.body).not.toMatch(/botox|forehead|example/i)
  // Not even opened: the trail shows a receipt, and no field of the chart or the ledger.
  expect((await s.trailOf(of.patientId)).at(-1)).toMatchObject({ action: 'receipt.view', outcome: 'done', opened: [] })
})

it('never takes the money twice: a key that is sent again gets the first answer, and a paid sale takes no more', async () => {
  const of = await open()
  const [first, second] = await Promise.all([pay(of, [cash(42_000)], 'till-1'), pay(of, [cash(42_000)], 'till-1')])
  expect([first.statusCode, second.statusCode]).toEqual([200, 200])
  expect(second.json()).toEqual(first.json())
  expect((await pay(of, [cash(42_000)])).json()).toMatchObject({ status: 409, detail: expect.stringContaining('paid') })
  expect((await s.owner.query('select count(*)::int as n from payment where sale_id = $1', [of.saleId])).rows[0].n).toBe(1)
})

it('numbers receipts without a gap, also when many pay at once and some fail', async () => {
  const sales = []
  for (let n = 0; n < 6; n++) sales.push(await open())
  const answers = await Promise.all(sales.map((of, n) => pay(of, [cash(n === 2 ? 1 : 42_000)])))
  expect(answers.map((a) => a.statusCode)).toEqual([200, 200, 422, 200, 200, 200])
  const { rows } = await s.owner.query('select number from sale where number is not null order by number')
  expect(rows.map((r) => r.number)).toEqual(rows.map((_, i) => i + 1))
})

it('refuses payments that do not make the total, card numbers and discounts beyond a line, and keeps nothing of them', async () => {
  const of = await open()
  expect((await pay(of, [cash(41_999)])).json()).toMatchObject({ status: 422, errors: [{ path: 'payments', message: 'The payments are less than the total.' }] })
  const card = await pay(of, [{ method: 'external-terminal', amountCents: 42_000, reference: '4111 1111-1111 1111' }])
  expect(card.json()).toMatchObject({ status: 422, errors: [{ path: 'payments.0.reference', message: expect.stringContaining('card number') }] })
  expect(card.body).not.toContain('4111')
  const line = await s.as(desk).put(`/api/checkouts/${of.saleId}/lines`, { patientId: of.patientId, lines: [{ description: 'x', quantity: 1, unitCents: 100, discountCents: 101 }] })
  expect(line.json()).toMatchObject({ status: 422, errors: [{ path: 'lines.0.discountCents' }] })
  expect((await s.as(desk).post('/api/checkouts', of)).json()).toMatchObject({ state: 'open', totalCents: 42_000, payments: [] })
})

it('voids a sale of the same day with a reason, gives the money back by the way it came, and lets the visit be checked out again', async () => {
  const of = await open()
  await pay(of, [cash(2_000), { method: 'external-terminal', amountCents: 40_000 }])
  const voided = await s.as(desk).post(`/api/checkouts/${of.saleId}/void`, { patientId: of.patientId, reason: 'Wrong price' })
  expect(voided.json()).toMatchObject({ state: 'void', number: expect.any(Number) })
  expect(new Set(voided.json().payments.map((p: { amountCents: number }) => p.amountCents))).toEqual(new Set([2_000, 40_000, -2_000, -40_000]))
  expect(await stateOf(of.appointmentId)).toBe('done, not paid')
  expect((await s.as(desk).post('/api/checkouts', of)).json()).toMatchObject({ state: 'open', payments: [] })
  expect((await pay(of, [cash(42_000)])).json()).toMatchObject({ status: 409, detail: 'This sale was voided.' })
})

it('leaves the takings of an earlier day as they were closed', async () => {
  const of = await open()
  await pay(of, [cash(42_000)])
  await s.owner.query(`update sale set closed_at = closed_at - interval '2 days' where id = $1`, [of.saleId])
  const late = await s.as(desk).post(`/api/checkouts/${of.saleId}/void`, { patientId: of.patientId, reason: 'Too late' })
  expect(late.json()).toMatchObject({ status: 409, detail: expect.stringContaining('same day') })
  expect((await s.trailOf(of.patientId)).at(-1)).toMatchObject({ action: 'checkout.void', outcome: 'failed', rule: '409 conflict' })
})

it("shows a day's takings by method without a name, only to those who work at the location", async () => {
  const before = await s.as(desk).get(`/api/takings?locationId=${s.locationId}&date=${today()}`)
  const of = await open()
  await pay(of, [cash(2_000), { method: 'external-terminal', amountCents: 40_000 }])
  const after = await s.as(desk).get(`/api/takings?locationId=${s.locationId}&date=${today()}`)
  expect(after.json().totalCents - before.json().totalCents).toBe(42_000)
  expect(after.json().methods.map((m: { method: string }) => m.method)).toEqual(['cash', 'external-terminal'])
  const elsewhere = await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/Denver' })
  const refused = await s.as(desk).get(`/api/takings?locationId=${elsewhere.id}&date=${today()}`)
  expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'works-here' } })
})
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(new Date())

// @proves 164.312(a)(1), 164.502(b)
it('keeps the ledger from the provider, and records that it refused', async () => {
  const of = await open()
  const refusals = [
    await s.as(provider).post('/api/checkouts', { patientId: of.patientId, appointmentId: of.appointmentId }),
    await s.as(provider).put(`/api/checkouts/${of.saleId}/lines`, { patientId: of.patientId, lines: [] }),
    await s.as(provider).post(`/api/checkouts/${of.saleId}/pay`, { patientId: of.patientId, payments: [] }),
    await s.as(provider).post(`/api/checkouts/${of.saleId}/void`, { patientId: of.patientId, reason: 'because' }),
    await s.as(provider).get(`/api/patients/${of.patientId}/receipts/${of.saleId}`),
    await s.as(provider).get(`/api/patients/${of.patientId}/sales`),
    await s.as(provider).get(`/api/takings?locationId=${s.locationId}&date=${today()}`),
  ]
  for (const r of refusals) expect(r.json()).toMatchObject({ status: 403, refusal: { rule: 'role', whoCanFix: expect.any(String) } })
  const denied = (await s.trailOf(of.patientId)).filter((e) => e.actor === provider.id)
  expect(denied.map((e) => [e.action, e.outcome])).toEqual([
    ['checkout.open', 'denied'], ['checkout.lines', 'denied'], ['checkout.pay', 'denied'], ['checkout.void', 'denied'], ['receipt.view', 'denied'], ['sale.list', 'denied'],
  ])
})

it('answers that there is no such sale when it is of another patient, and lists only the own ones', async () => {
  const [mine, other] = [await open(), await open()]
  for (const answer of [
    await s.as(desk).get(`/api/patients/${mine.patientId}/receipts/${other.saleId}`),
    await pay({ saleId: other.saleId, patientId: mine.patientId }, [cash(42_000)]),
    await s.as(desk).post('/api/checkouts', { patientId: mine.patientId, appointmentId: other.appointmentId }),
  ]) expect(answer.statusCode).toBe(404)
  const list = await s.as(desk).get(`/api/patients/${mine.patientId}/sales`)
  expect(list.json().map((x: { id: string }) => x.id)).toEqual([mine.saleId])
  expect(list.body).not.toMatch(/botox/i)
})

it('sells without a visit, at a location that is named', async () => {
  const { id: patientId } = await s.patient()
  expect((await s.as(desk).post('/api/checkouts', { patientId })).json()).toMatchObject({ status: 422, errors: [{ path: 'locationId' }] })
  expect((await s.as(desk).post('/api/checkouts', { patientId, locationId: s.locationId })).json()).toMatchObject({ state: 'open', lines: [] })
})
