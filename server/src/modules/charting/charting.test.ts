import { afterAll, beforeAll, expect, it } from 'vitest'
import pg from 'pg'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import type { Id } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { addLocation, changeService } from '#modules/practices'
import { consent, formResponse } from '#schema/forms'
import { allergy, medication } from '#schema/history'
import { appointment } from '#schema/scheduling'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { emptyBody } from './schema.ts'

let s: Spa
let desk: TestPerson
let nina: TestPerson
let serviceId: Id<'svc'>

beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
  nina = await s.person(['provider'], { isProvider: true, name: 'Nina Park' })
  serviceId = (
    await s.perform(changeService, s.setUp, {
      name: 'Neurotoxin treatment',
      minutes: 30,
      priceCents: 42_000,
      onlineBooking: true,
      active: true,
      providerIds: [],
    })
  ).id
})
afterAll(() => s.close())

type PatientRow = { patientId: Id<'pat'> }
const PatientOnly = z.custom<PatientRow>()
/** Arranges rows that other modules write: what is tested is what the chart makes of them. */
const plant = action({
  name: 'test.plant-for-chart',
  does: 'plant rows in a test',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }: PatientRow) => patientId,
  allow: roleAlone,
  input: PatientOnly,
  output: z.object({}),
  run: async (tx, { patientId }) => {
    const signed = {
      patientId,
      textVersion: '1',
      textHash: '0'.repeat(64),
      language: 'en',
      method: 'typed',
      signedAt: tx.now,
      expiresAt: afterDays(tx.now, 300),
    } as const
    const signature = {
      signature: { method: 'typed', text: 'Ana Example' },
      signerName: 'Ana Example',
      practiceName: 'Pearl',
    } as const
    await tx.add(consent, { ...signed, uses: [], kind: 'treatment', decision: 'accepted', signature })
    await tx.add(consent, { ...signed, uses: [], method: 'none', kind: 'marketing-photos', decision: 'declined' })
    await tx.add(formResponse, {
      patientId,
      formName: 'health-questionnaire',
      formVersion: 'any',
      language: 'en',
      state: 'submitted',
      startedAt: tx.now,
      savedAt: tx.now,
      submittedAt: tx.now,
      answers: { allergies: ['lidocaine'], pregnancy: 'breastfeeding', 'blood-thinners': ['warfarin'] },
    })
    const imported = { patientId, recordedAt: tx.now, status: 'active', verification: 'confirmed' } as const
    await tx.add(allergy, {
      ...imported,
      code: { display: 'Penicillin V' },
      categories: ['medication'],
      reactions: [{ manifestations: ['Rash'] }],
    })
    await tx.add(medication, {
      patientId,
      recordedAt: tx.now,
      status: 'active',
      intent: 'order',
      code: { display: 'Clopidogrel 75 MG Oral Tablet' },
      dosage: [],
      reasons: [],
    })
    return {}
  },
})
let slot = 0
type VisitRow = PatientRow & { providerId: Id<'usr'>; daysAgo: number }
const Visit = z.custom<VisitRow>()
const plantVisit = action({
  name: 'test.plant-visit',
  does: 'plant a visit in a test',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }: VisitRow) => patientId,
  allow: roleAlone,
  input: Visit,
  output: z.object({ id: z.string() }),
  run: (tx, { patientId, providerId, daysAgo }) => {
    // Around noon at the place, so that a day is the same there and in UTC.
    const startsAt = new Date(
      Date.parse(`${tx.now.slice(0, 10)}T16:00:00.000Z`) - daysAgo * 86_400_000 + ++slot * 60_000,
    ).toISOString()
    const endsAt = new Date(Date.parse(startsAt) + 60_000).toISOString()
    return tx.add(appointment, {
      patientId,
      providerId,
      serviceId,
      locationId: s.locationId,
      startsAt,
      endsAt,
      state: 'checked-in',
      source: 'desk',
      createdAt: tx.now,
    })
  },
})
const visit = (patientId: string, provider: TestPerson, daysAgo = 0) =>
  s.perform(
    plantVisit,
    { ...s.setUp, grants: new Set(['test.plant-visit']) },
    { patientId, providerId: provider.id, daysAgo },
  )
const withHistory = (patientId: string) =>
  s.perform(plant, { ...s.setUp, grants: new Set(['test.plant-for-chart']) }, { patientId })

const point = {
  id: 'p1',
  view: 'front',
  x: 0.5,
  y: 0.35,
  zone: 'glabella',
  product: 'Botox Cosmetic',
  unit: 'units',
  units: 4,
  lot: 'C7711',
}
const words = {
  ...emptyBody,
  complaint: 'Frown lines',
  assessment: 'Moderate glabellar lines at rest.',
  plan: 'Follow up in two weeks.',
}

/** A patient whom Nina treats, and the way to her notes. */
const treated = async () => {
  const ana = await s.patient()
  const appointmentId = (await visit(ana.id, nina)).id
  const notes = `/api/patients/${ana.id}/notes`
  const start = async () => (await s.as(nina).post(notes, { appointmentId })).json()
  const signed = async () => {
    const { noteId, revision } = await start()
    const saved = (await s.as(nina).put(`${notes}/${noteId}`, { revision, body: words, injections: [point] })).json()
    await s.as(nina).post(`${notes}/${noteId}/sign`, { revision: saved.revision })
    return noteId as string
  }
  return { ana, appointmentId, notes, start, signed }
}

it('opens the chart for whoever treats her: alerts from her answers and her history first, visits, notes, consents', async () => {
  const { ana, appointmentId, signed } = await treated()
  await withHistory(ana.id)
  const noteId = await signed()
  const chart = await s.as(nina).get(`/api/patients/${ana.id}/chart`)
  expect(chart.statusCode).toBe(200)
  const { patient, alerts, intakeAt, visits, notes, consents } = chart.json()
  expect(patient).toMatchObject({ givenName: 'Ana', birthDate: '1990-02-14' })
  expect(intakeAt).toEqual(expect.any(String))
  expect(alerts.map((a: { text: string; severity: string }) => `${a.severity}: ${a.text}`)).toEqual([
    'stop: Allergy: lidocaine or other local anesthetic',
    'stop: Breastfeeding',
    'caution: Allergy: Penicillin V',
    'caution: Blood thinner: warfarin',
    'caution: Clopidogrel 75 MG Oral Tablet',
  ])
  expect(visits).toEqual([
    expect.objectContaining({ id: appointmentId, serviceName: 'Neurotoxin treatment', providerName: 'Nina Park' }),
  ])
  expect(notes).toEqual([
    expect.objectContaining({
      id: noteId,
      state: 'signed',
      excerpt: words.assessment,
      authorName: 'Nina Park',
      doses: [{ product: 'Botox Cosmetic', lot: 'C7711', unit: 'units', total: 4 }],
    }),
  ])
  expect(consents.map((c: { kind: string; state: string }) => `${c.kind} ${c.state}`)).toEqual([
    'treatment holds',
    'clinical-photography missing',
    'marketing-photos declined',
  ])
  const line = (await s.trailOf(ana.id)).at(-1)
  expect(line).toMatchObject({ actor: nina.id, action: 'chart.open', outcome: 'done' })
  expect(line?.opened).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ record: 'form_response', fields: ['answers'] }),
      expect.objectContaining({ record: 'treatment_note', rows: [noteId], fields: ['body', 'injections'] }),
    ]),
  )
})

it('shows the alerts alone, and says when no questionnaire was answered at all', async () => {
  const { ana } = await treated()
  expect((await s.as(nina).get(`/api/patients/${ana.id}/alerts`)).json()).toEqual({ alerts: [] })
  await withHistory(ana.id)
  expect((await s.as(nina).get(`/api/patients/${ana.id}/alerts`)).json().alerts).toHaveLength(5)
})

it('hints at alerts of her own visits of a day, without what was said, and knows nothing of the visits of others', async () => {
  const [kim, other] = [await s.person(['provider'], { isProvider: true }), await s.patient()]
  const [ana, bea] = [await s.patient(), await s.patient()]
  for (const [who, provider] of [
    [ana, kim],
    [bea, kim],
    [other, nina],
  ] as const)
    await visit(who.id, provider)
  for (const who of [ana, other]) await withHistory(who.id)
  const date = new Date().toISOString().slice(0, 10)
  const hints = (await s.as(kim).get(`/api/my-day/alerts?locationId=${s.locationId}&date=${date}`)).json()
  expect(hints).toHaveLength(2)
  expect(hints).toEqual(
    expect.arrayContaining([
      { patientId: ana.id, hasIntake: true, worst: 'stop', kinds: ['allergy', 'pregnancy', 'bleeding'] },
      { patientId: bea.id, hasIntake: false, kinds: [] },
    ]),
  )
  expect((await s.as(desk).get(`/api/my-day/alerts?locationId=${s.locationId}&date=${date}`)).statusCode).toBe(403)
})

it('keeps the chart closed to the front desk and says why, who can change it, and that it was on record', async () => {
  const { ana, signed } = await treated()
  const noteId = await signed()
  for (const path of ['chart', 'alerts', 'notes', `notes/${noteId}`]) {
    const refused = await s.as(desk).get(`/api/patients/${ana.id}/${path}`)
    expect(refused.statusCode, path).toBe(403)
    expect(refused.json().refusal).toMatchObject({
      rule: 'role',
      why: expect.stringContaining('Front desk'),
      whoCanFix: expect.any(String),
      fix: { label: expect.any(String), href: expect.any(String) },
    })
  }
  expect(
    (await s.trailOf(ana.id))
      .filter((e) => e.actor === desk.id)
      .map((e) => `${e.action} ${e.outcome} ${e.opened.length}`),
  ).toEqual(['chart.open denied 0', 'alert.list denied 0', 'note.list denied 0', 'note.read denied 0'])
})

it('keeps the chart closed to a provider who does not treat her, and open to the medical director of her place', async () => {
  const { ana, signed } = await treated()
  const noteId = await signed()
  const other = await s.person(['provider'], { isProvider: true })
  const refused = await s.as(other).get(`/api/patients/${ana.id}/chart`)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({ rule: 'treats' })
  const director = await s.person(['medical-director'])
  expect((await s.as(director).get(`/api/patients/${ana.id}/chart`)).statusCode).toBe(200)
  expect((await s.as(director).get(`/api/patients/${ana.id}/notes/${noteId}`)).statusCode).toBe(200)
  const uptown = await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })
  const elsewhere = await s.person(['medical-director'], { places: [uptown.id] })
  expect((await s.as(elsewhere).get(`/api/patients/${ana.id}/chart`)).statusCode).toBe(403)
})

it('keeps a draft as it is typed, and refuses to overwrite what another window has saved', async () => {
  const { notes, start, appointmentId } = await treated()
  const { noteId, revision } = await start()
  expect(revision).toBe(0)
  const saved = await s.as(nina).put(`${notes}/${noteId}`, { revision, body: words, injections: [point] })
  expect(saved.json()).toMatchObject({ noteId, revision: 1 })
  const stale = await s
    .as(nina)
    .put(`${notes}/${noteId}`, { revision, body: { ...words, plan: 'Something else' }, injections: [] })
  expect(stale.statusCode).toBe(409)
  expect((await s.as(nina).get(`${notes}/${noteId}`)).json()).toMatchObject({
    state: 'draft',
    revision: 1,
    body: words,
    injections: [point],
  })
  // Coming back after a lock or a reload finds the same draft again.
  expect((await s.as(nina).post(notes, { appointmentId })).json()).toMatchObject({ noteId, revision: 1 })
  const started = await Promise.all(Array.from({ length: 4 }, () => s.as(nina).post(notes, {})))
  expect(new Set(started.filter((r) => r.statusCode === 200).map((r) => r.json().noteId)).size).toBe(1)
  expect((await s.as(nina).get(notes)).json()).toHaveLength(2)
})

it('shows a draft to nobody but its author and the medical director', async () => {
  const { ana, notes, start } = await treated()
  const { noteId, revision } = await start()
  await s.as(nina).put(`${notes}/${noteId}`, { revision, body: words, injections: [] })
  const colleague = await s.person(['provider'], { isProvider: true })
  await visit(ana.id, colleague)
  expect((await s.as(colleague).get(notes)).json()).toEqual([
    expect.objectContaining({ id: noteId, state: 'draft', excerpt: '' }),
  ])
  const read = await s.as(colleague).get(`${notes}/${noteId}`)
  expect([read.statusCode, read.json().refusal.rule]).toEqual([403, 'own-draft'])
  const changed = await s.as(colleague).put(`${notes}/${noteId}`, { revision: 1, body: emptyBody, injections: [] })
  expect([changed.statusCode, changed.json().refusal.rule]).toEqual([403, 'own-draft'])
  expect(
    (await s.trailOf(ana.id)).filter((e) => e.actor === colleague.id).map((e) => `${e.action} ${e.outcome}`),
  ).toEqual(['note.list done', 'note.read denied', 'note.save denied'])
})

it('does not sign a note that lacks a lot, and names the point', async () => {
  const { notes, start } = await treated()
  const { noteId, revision } = await start()
  const empty = await s.as(nina).post(`${notes}/${noteId}/sign`, { revision })
  expect([empty.statusCode, empty.json().errors[0].path]).toEqual([422, 'body'])
  const saved = (
    await s
      .as(nina)
      .put(`${notes}/${noteId}`, { revision, body: words, injections: [point, { ...point, id: 'p2', lot: '' }] })
  ).json()
  const refused = await s.as(nina).post(`${notes}/${noteId}/sign`, { revision: saved.revision })
  expect(refused.statusCode).toBe(422)
  expect(refused.json().errors).toEqual([
    { path: 'injections.1.lot', message: 'Point 2: the lot of Botox Cosmetic is missing.' },
  ])
  expect((await s.as(nina).get(`${notes}/${noteId}`)).json().state).toBe('draft')
})

it('locks a signed note: no action changes it, and no SQL of the application or of the owner of the database either', async () => {
  const { ana, notes, signed } = await treated()
  const noteId = await signed()
  const again = await s.as(nina).put(`${notes}/${noteId}`, { revision: 1, body: emptyBody, injections: [] })
  expect([again.statusCode, again.json().detail]).toEqual([409, expect.stringContaining('addendum')])
  expect((await s.as(nina).post(`${notes}/${noteId}/sign`, { revision: 1 })).statusCode).toBe(409)

  const app = await s.pool.connect()
  await app.query('begin')
  await app.query('select audit.enter($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)', [
    s.practiceId,
    'evt_raw',
    nina.id,
    'provider',
    '',
    'note.save',
    'treatment',
    ana.id,
    ['*'],
    '',
  ])
  expect((await app.query('select id from treatment_note where id = $1', [noteId])).rowCount).toBe(1)
  await expect(
    app.query(`update treatment_note set state = 'draft', signed_at = null, content_hash = null where id = $1`, [
      noteId,
    ]),
  ).rejects.toThrow(/never changed/)
  await app.query('rollback')
  app.release()
  await expect(s.owner.query('update treatment_note set revision = 9 where id = $1', [noteId])).rejects.toThrow(
    pg.DatabaseError,
  )
  await expect(s.owner.query('delete from treatment_note where id = $1', [noteId])).rejects.toThrow(/never changed/)
  expect((await s.as(nina).get(`${notes}/${noteId}`)).json()).toMatchObject({
    state: 'signed',
    intact: true,
    body: words,
  })
})

it('takes later words as addenda, each with its author and time, and keeps them for good', async () => {
  const { ana, notes, start, signed } = await treated()
  const { noteId: draftId } = await start()
  expect((await s.as(nina).post(`${notes}/${draftId}/addenda`, { body: 'too early' })).statusCode).toBe(409)
  const noteId = await signed()
  expect((await s.as(nina).post(`${notes}/${noteId}/addenda`, { body: '  ' })).statusCode).toBe(422)
  const added = await s.as(nina).post(`${notes}/${noteId}/addenda`, { body: 'Called next day: small bruise, no pain.' })
  expect(added.json()).toMatchObject({ authorName: 'Nina Park', body: 'Called next day: small bruise, no pain.' })
  const director = await s.person(['medical-director'], { name: 'Dr. Mia Stone' })
  await s.as(director).post(`${notes}/${noteId}/addenda`, { body: 'Reviewed.' })
  const { addenda, intact } = (await s.as(nina).get(`${notes}/${noteId}`)).json()
  expect(addenda.map((a: { authorName: string; body: string }) => `${a.authorName}: ${a.body}`)).toEqual([
    'Nina Park: Called next day: small bruise, no pain.',
    'Dr. Mia Stone: Reviewed.',
  ])
  expect(intact).toBe(true)
  await expect(s.pool.query('update note_addendum set added_at = now()')).rejects.toThrow(/permission denied/)
  expect((await s.trailOf(ana.id)).map((e) => e.action)).toContain('note.addend')
})

it('lets an author finish her draft when the visit has moved far back, but start nothing new', async () => {
  const { ana, appointmentId, notes, start } = await treated()
  const { noteId, revision } = await start()
  await s.owner.query(
    `update appointment set starts_at = starts_at - interval '200 days', ends_at = ends_at - interval '200 days' where id = $1`,
    [appointmentId],
  )
  const refused = await s.as(nina).post(notes, {})
  expect([refused.statusCode, refused.json().refusal.rule]).toEqual([403, 'treats'])
  const saved = await s.as(nina).put(`${notes}/${noteId}`, { revision, body: words, injections: [] })
  expect(saved.statusCode).toBe(200)
  expect((await s.as(nina).post(`${notes}/${noteId}/sign`, { revision: saved.json().revision })).statusCode).toBe(200)
  expect((await s.trailOf(ana.id)).filter((e) => e.actor === nina.id).map((e) => `${e.action} ${e.outcome}`)).toEqual([
    'note.start done',
    'note.start denied',
    'note.save done',
    'note.sign done',
  ])
})

it('finds no note of one patient under the name of another, and no visit either', async () => {
  const one = await treated()
  const two = await treated()
  const noteId = await one.signed()
  expect((await s.as(nina).get(`${two.notes}/${noteId}`)).statusCode).toBe(404)
  expect((await s.as(nina).post(`${two.notes}/${noteId}/addenda`, { body: 'x' })).statusCode).toBe(404)
  expect((await s.as(nina).post(two.notes, { appointmentId: one.appointmentId })).statusCode).toBe(404)
  expect((await s.as(nina).get(`${one.notes}/nte_00000000000000000000000000`)).statusCode).toBe(404)
})

it('says which field is wrong, and saves nothing', async () => {
  const { notes, start } = await treated()
  const { noteId, revision } = await start()
  const bad = await s
    .as(nina)
    .put(`${notes}/${noteId}`, { revision, body: { ...words, plan: 7 }, injections: [{ ...point, x: 1.2 }] })
  expect(bad.statusCode).toBe(422)
  expect(bad.json().errors.map((e: { path: string }) => e.path)).toEqual(['body.plan', 'injections.0.x'])
  expect((await s.as(nina).get(`${notes}/${noteId}`)).json()).toMatchObject({ revision: 0 })
})

it('keeps lots on the shelf, the first to expire in front, each only once', async () => {
  const put = (lot: string, expiresOn: string) => s.as(nina).post('/api/lots', { product: 'Dysport', lot, expiresOn })
  expect((await put('D2', '2027-09-30')).statusCode).toBe(200)
  const { lotId } = (await put('D1', '2027-03-31')).json()
  expect((await put('D1', '2027-03-31')).statusCode).toBe(409)
  expect(
    (await s.as(nina).post('/api/lots', { product: 'Nothing', lot: 'x', expiresOn: '2027-01-01' })).statusCode,
  ).toBe(422)
  expect(
    (await s.as(desk).post('/api/lots', { product: 'Dysport', lot: 'x', expiresOn: '2027-01-01' })).statusCode,
  ).toBe(403)
  const shelf = async () =>
    (await s.as(nina).get('/api/products'))
      .json()
      .find((p: { name: string }) => p.name === 'Dysport')
      .lots.map((l: { lot: string }) => l.lot)
  expect(await shelf()).toEqual(['D1', 'D2'])
  expect((await s.as(nina).post(`/api/lots/${lotId}/close`, {})).statusCode).toBe(200)
  expect(await shelf()).toEqual(['D2'])
  expect((await s.as(nina).post('/api/lots/lot_00000000000000000000000000/close', {})).statusCode).toBe(404)
})
