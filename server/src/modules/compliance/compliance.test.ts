import { afterAll, beforeAll, expect, it } from 'vitest'
import { CONTROLS } from '#kernel/control.ts'
import { changeLines, openCheckout } from '#modules/payments'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let owner: TestPerson
beforeAll(async () => {
  s = await spa()
  owner = await s.person(['owner'])
  await s.drain()
})
afterAll(() => s.close())

interface Seen { name: string; state: string; evidence: string; citation: string }
const posture = async (): Promise<Map<string, Seen>> => {
  const answer = await s.as(owner).get('/api/posture')
  expect(answer.statusCode).toBe(200)
  return new Map(answer.json().controls.map((c: Seen) => [c.name, c]))
}
const control = async (name: string) => (await posture()).get(name)
/** Bends the practice's own records, looks, and bends them back. */
const when = async (bend: string, straighten: string, look: () => Promise<void>) => {
  await s.owner.query(bend)
  try {
    await look()
  } finally {
    await s.owner.query(straighten)
  }
}

// @proves 164.308(a)(8)
it('shows every control of the running system with its state, its figures and where the duty is written', async () => {
  const seen = await posture()
  expect([...seen.keys()].toSorted()).toEqual([...CONTROLS.keys()].toSorted())
  for (const { evidence, citation } of seen.values()) {
    expect(citation).toMatch(/^45 CFR 16[04]\.\d{3}/)
    expect(evidence).toMatch(/\.$/)
  }
  expect((await s.trailOf()).at(-1)).toMatchObject({ actor: owner.id, action: 'compliance.posture', outcome: 'done', patientId: '*' })
})

it('opens no field of any patient', async () => {
  const ana = await s.patient()
  await posture()
  const last = (await s.trailOf()).at(-1)
  expect(last?.opened.filter((o) => o.patientId === ana.id)).toEqual([])
})

it('keeps the posture from everybody without that duty, on record', async () => {
  const desk = await s.person(['front-desk'])
  expect((await s.as(desk).get('/api/posture')).json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await s.trailOf()).at(-1)).toMatchObject({ actor: desk.id, action: 'compliance.posture', outcome: 'denied' })
})

// @proves 164.312(a)(2)(iv), 164.312(a)(1)
it('turns against a table that row security does not guard, a secret field that is readable, and a column that nobody declared', async () => {
  expect(await control('second-witness')).toMatchObject({ state: 'in force' })
  await when('alter table sale disable row level security', 'alter table sale enable row level security', async () => {
    expect(await control('second-witness')).toMatchObject({ state: 'not in force', evidence: expect.stringContaining('sale') })
  })
  expect(await control('sealed-at-rest')).toMatchObject({ state: 'in force' })
  await when('alter table patient add column nickname text', 'alter table patient drop column nickname', async () => {
    expect(await control('sealed-at-rest')).toMatchObject({ state: 'attention', evidence: expect.stringContaining('patient.nickname') })
  })
  await when(`alter table sale alter column void_reason type text using null`, 'alter table sale alter column void_reason type bytea using null', async () => {
    expect(await control('sealed-at-rest')).toMatchObject({ state: 'not in force', evidence: expect.stringContaining('sale.void_reason') })
  })
})

// @proves 164.312(b), 164.316(b)(2)(i)
it('turns when events wait for their seal, and when somebody could shorten the trail', async () => {
  expect(await control('trail-kept')).toMatchObject({ state: 'in force' })
  await when('grant delete on audit.event to nacre_app', 'revoke delete on audit.event from nacre_app', async () => {
    expect(await control('trail-kept')).toMatchObject({ state: 'not in force' })
  })
  await s.drain()
  expect(await control('trail-sealed')).toMatchObject({ state: 'in force' })
  await s.patient()
  await when(`update audit.event set at = at - interval '1 minute' where action = 'patient.create'`, `update audit.event set at = at + interval '1 minute' where action = 'patient.create'`, async () => {
    expect(await control('trail-sealed')).toMatchObject({ state: 'attention', evidence: expect.stringContaining('wait') })
  })
})

// @proves 164.508(b)(2)
it('turns when a photo was taken without a consent to clinical photography that held then', async () => {
  expect(await control('photos-consented')).toMatchObject({ state: 'in force' })
  const ana = await s.patient()
  const photo = `insert into photo values ('${s.practiceId}', 'pho_00000000000000000000000000', '${ana.id}', null, 'ready', 'front', now(), '${owner.id}', null, '\\x00', 1, 1, '', now())`
  await when(photo, 'delete from photo', async () => {
    expect(await control('photos-consented')).toMatchObject({ state: 'not in force', evidence: expect.stringContaining('1 of 1 photo') })
    const consent = `insert into consent (practice_id, id, patient_id, kind, decision, text_version, text_hash, language, uses, method, signature, signed_at, expires_at)
      values ('${s.practiceId}', 'con_00000000000000000000000000', '${ana.id}', 'clinical-photography', 'accepted', '1', '${'0'.repeat(64)}', 'en', '{}', 'typed', '\\x00', now() - interval '1 hour', now() + interval '1 year')`
    await when(consent, 'delete from consent', async () => {
      expect(await control('photos-consented')).toMatchObject({ state: 'in force' })
      await s.owner.query(`update consent set revoked_how = 'by-link', revoked_at = now() - interval '30 minutes'`)
      expect(await control('photos-consented')).toMatchObject({ state: 'not in force' })
    })
  })
})

it('asks for a verification until there is one, and turns when it fails', async () => {
  expect(await control('trail-verified')).toMatchObject({ state: 'attention', evidence: 'It has never been verified.' })
  await s.as(owner).post('/api/trail/verify', {})
  await s.drain()
  expect(await control('trail-verified')).toMatchObject({ state: 'in force', evidence: expect.stringContaining('events') })
  await when(`update trail_check set state = 'not-verified', finding = 'position 3'`, `update trail_check set state = 'verified', finding = ''`, async () => {
    expect(await control('trail-verified')).toMatchObject({ state: 'not in force', evidence: expect.stringContaining('position 3') })
  })
})

// @proves 164.312(a)(2)(iii), 164.312(a)(2)(i), 164.312(d)
it('follows the idle minutes of the practice, sessions in too many places, and accounts that nobody uses', async () => {
  expect(await control('automatic-logoff')).toMatchObject({ state: 'in force', evidence: expect.stringContaining('15') })
  await when('update practice set idle_minutes = 60', 'update practice set idle_minutes = 15', async () => {
    expect(await control('automatic-logoff')).toMatchObject({ state: 'not in force' })
  })
  expect(await control('unique-logins')).toMatchObject({ state: 'in force' })
  for (let n = 0; n < 4; n++) await s.sessionFor(owner.id)
  expect(await control('unique-logins')).toMatchObject({ state: 'attention', evidence: expect.stringContaining('shared') })
  expect(await control('second-factor')).toMatchObject({ state: 'in force' })
  await when(`update app_user set created_at = created_at - interval '20 days'`, `update app_user set created_at = created_at + interval '20 days'`, async () => {
    expect(await control('second-factor')).toMatchObject({ state: 'attention' })
  })
})

// @proves 164.308(b)(1), 164.528
it('turns when a carrier has no agreement in force, and when a message is not accounted for', async () => {
  expect(await control('agreements-in-force')).toMatchObject({ state: 'in force' })
  await s.as(owner).post('/api/vendors', { name: 'Mail Co', channel: 'email' })
  expect(await control('agreements-in-force')).toMatchObject({ state: 'not in force', evidence: expect.stringContaining('Mail Co') })
  const ana = await s.patient()
  await when(
    `insert into outbox_message values ('${s.practiceId}', 'out_00000000000000000000000000', '${ana.id}', 'email', 'booking-confirmation', '\\x00', '\\x00', '\\x00', 'sent', '', now(), now())`,
    'delete from outbox_message',
    async () => expect(await control('disclosures-accounted')).toMatchObject({ state: 'not in force' }),
  )
  expect(await control('disclosures-accounted')).toMatchObject({ state: 'in force' })
})

// @proves 164.308(a)(1)(ii)(D), 164.308(a)(4)(ii)(C)
it('turns when refused attempts wait for a review longer than a week, or access longer than a quarter', async () => {
  const marketing = await s.person(['marketing'])
  await s.as(marketing).get('/api/posture')
  await when(`update practice set created_at = created_at - interval '100 days'`, `update practice set created_at = created_at + interval '100 days'`, async () => {
    expect(await control('refusals-reviewed')).toMatchObject({ state: 'attention' })
    await s.owner.query(`update practice set created_at = created_at - interval '1 day'`)
    expect(await control('access-reviewed')).toMatchObject({ state: 'attention' })
    await s.owner.query(`update practice set created_at = created_at + interval '1 day'`)
    await s.as(owner).post('/api/reviews', { subject: 'refusals' })
    expect(await control('refusals-reviewed')).toMatchObject({ state: 'in force', evidence: expect.stringContaining('0 refused') })
  })
})

// @proves 164.312(c)(1)
it('turns when a sale and its payments do not balance', async () => {
  const ana = await s.patient()
  const desk = await s.person(['front-desk'])
  const actor = s.staff(desk.id, ['front-desk'])
  const sale = await s.perform(openCheckout, actor, { patientId: ana.id, locationId: s.locationId })
  await s.perform(changeLines, actor, { patientId: ana.id, saleId: sale.id, lines: [{ description: 'Cream', quantity: 1, unitCents: 5_000 }] })
  const paid = await s.as(desk).post(`/api/checkouts/${sale.id}/pay`, { patientId: ana.id, payments: [{ method: 'cash', amountCents: 5_000 }] })
  expect(paid.statusCode).toBe(200)
  expect(await control('ledger-balances')).toMatchObject({ state: 'in force', evidence: expect.stringContaining('1 closed sale') })
  await when('update payment set amount_cents = 4000', 'update payment set amount_cents = 5000', async () => {
    expect(await control('ledger-balances')).toMatchObject({ state: 'not in force' })
  })
})

// @proves 164.308(a)(5)(ii)(C)
it('counts failed sign-ins, and asks for attention while an address is locked', async () => {
  for (let n = 0; n < 5; n++) await s.as().post('/api/session', { email: 'guess@example.test', password: 'guess', code: '000000' })
  expect(await control('sign-in-watched')).toMatchObject({ state: 'attention', evidence: expect.stringContaining('1 locked now') })
})
