import { afterAll, beforeAll, expect, it } from 'vitest'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
let desk: TestPerson
beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
})
afterAll(() => s.close())

it('shows the front desk who a patient is and how to reach her, and records what was opened', async () => {
  const ana = await s.patient({ givenName: 'Ana', familyName: 'Gómez' })
  const card = await s.as(desk).get(`/api/patients/${ana.id}/card`)
  expect(card.statusCode).toBe(200)
  expect(card.json()).toMatchObject({ givenName: 'Ana', familyName: 'Gómez', birthDate: '1990-02-14' })
  expect((await s.trailOf(ana.id)).at(-1)).toMatchObject({
    actor: desk.id, action: 'patient.card', outcome: 'done',
    opened: [{ record: 'patient', patientId: ana.id, rows: [ana.id], fields: ['birthDate', 'calledName', 'email', 'familyName', 'givenName', 'phone'] }],
  })
})

it('refuses those whose role does not include it, says why and who can fix it, and records the refusal', async () => {
  const ana = await s.patient()
  const marketing = await s.person(['marketing'])
  const refused = await s.as(marketing).get(`/api/patients/${ana.id}/card`)
  expect(refused.statusCode).toBe(403)
  expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'role', why: expect.stringContaining('Marketing'), whoCanFix: expect.any(String) } })
  expect(await s.trailOf(ana.id)).toEqual([expect.objectContaining({ actor: marketing.id, action: 'patient.card', outcome: 'denied', rule: 'role', opened: [] })])
})

it('answers the same for a patient who does not exist as for one at another location', async () => {
  const elsewhere = await s.perform((await import('#modules/practices')).addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })
  const eve = await s.patient({ locationId: elsewhere.id })
  const [missing, foreign] = [await s.as(desk).get('/api/patients/pat_00000000000000000000000000/card'), await s.as(desk).get(`/api/patients/${eve.id}/card`)]
  expect([missing.statusCode, foreign.statusCode]).toEqual([404, 404])
  expect({ ...missing.json(), reference: '' }).toEqual({ ...foreign.json(), reference: '' })
})

it('finds a patient by two letters, by any order of names, without accents, by phone, birth date and e-mail', async () => {
  const ida = await s.patient({ givenName: 'Zoë', familyName: 'Ångström-Núñez', birthDate: '1971-12-05', phone: '+13105550177', email: 'Zoe.Angstrom@example.test' })
  const find = async (q: string) => (await s.as(desk).post('/api/patients/find', { q })).json().map((p: { id: string }) => p.id)
  for (const q of ['zo', 'ZOE', 'angstrom zo', 'nunez', 'núñ zoë', '0177', '310-555-0177', '12/5/1971', '1971-12-05', 'zoe.angstrom@EXAMPLE.test'])
    expect(await find(q), q).toContain(ida.id)
  for (const q of ['zoa', 'angstrom ana', '0178', '12/6/1971', 'zoe@example.test']) expect(await find(q), q).not.toContain(ida.id)
})

it('opens an answer only once for the same idempotency key, and refuses the key for anything else', async () => {
  const body = { givenName: 'Ida', familyName: 'Once', birthDate: '1980-01-01', locationId: s.locationId }
  const send = (payload: object) => s.as(desk).post('/api/patients', payload, { 'idempotency-key': 'k-1' })
  const [first, second] = [await send(body), await send(body)]
  expect(first.statusCode).toBe(200)
  expect(second.json()).toEqual(first.json())
  expect((await send({ ...body, givenName: 'Another' })).statusCode).toBe(409)
  const racing = await Promise.all(Array.from({ length: 5 }, () => s.as(desk).post('/api/patients', { ...body, familyName: 'Race' }, { 'idempotency-key': 'k-2' })))
  expect(new Set(racing.map((r) => r.json().id)).size).toBe(1)
})

it('says which field is wrong, and saves nothing', async () => {
  const bad = await s.as(desk).post('/api/patients', { givenName: '', familyName: 'X', birthDate: 'yesterday', locationId: s.locationId })
  expect(bad.statusCode).toBe(422)
  expect(bad.json().errors.map((e: { path: string }) => e.path)).toEqual(['givenName', 'birthDate'])
})

it('shows phone and e-mail in full only to people whose role includes them, in every answer, and takes no part of them for the whole', async () => {
  const ana = await s.patient({ phone: '+12125550177', email: 'ana.masked@example.test' })
  const desk = await s.person(['front-desk'])
  const una = await s.person(['esthetician'])
  const card = (who: { cookie: string }) => s.as(who).get(`/api/patients/${ana.id}/card`)
  expect((await card(desk)).json()).toMatchObject({ phone: '+12125550177', email: 'ana.masked@example.test' })
  const masked = await card(una)
  expect(masked.json()).toMatchObject({ givenName: 'Ana', phone: '+•••••••••77', email: 'a••.••••••@•••••••.••••' })
  const refused = await s.as(una).get(`/api/patients/${ana.id}/contact`)
  expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'role', fix: { href: '/access?action=patient.contact' } } })
  expect((await s.as(desk).get(`/api/patients/${ana.id}/contact`)).json()).toMatchObject({ phone: '+12125550177' })
  const back = await s.as(desk).patch(`/api/patients/${ana.id}`, { phone: masked.json().phone })
  expect(back.statusCode).toBe(422)
  expect(back.json().errors).toEqual([{ path: 'phone', message: expect.stringContaining('not shown to you in full') }])
  expect((await card(desk)).json()).toMatchObject({ phone: '+12125550177' })
})

it('hides contact data at once, everywhere, when the practice takes it out of a role', async () => {
  const ana = await s.patient({ phone: '+12125550188' })
  const desk = await s.person(['front-desk'])
  await s.owner.query(
    `insert into role_change (practice_id, id, name, title, based_on, adds, removes, changed_at, changed_by)
     values ($1, 'rol_00000000000000000000000000', 'front-desk', 'Front desk', 'front-desk', '{}', '{patient.contact}', now(), 'test')`, [s.practiceId])
  expect((await s.as(desk).get(`/api/patients/${ana.id}/card`)).json().phone).toBe('+•••••••••88')
  await s.owner.query('delete from role_change')
})
