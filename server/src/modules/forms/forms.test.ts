import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { contentGuard } from '#kernel/content-guard.ts'
import type { Carrier } from '#kernel/dispatch.ts'
import { PatientId } from '#kernel/id.ts'
import { bookAtDesk } from '#modules/scheduling'
import { addLocation, changeService, setBaseUrl } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { consentedTo } from './policy.ts'

let s: Spa
let desk: TestPerson
let nurse: TestPerson
let serviceId: string
const sent: { to: string; subject: string; body: string; reference: string }[] = []
const carrier: Carrier = { send: async (message) => void sent.push(message) }

beforeAll(async () => {
  s = await spa({ mail: carrier })
  desk = await s.person(['front-desk'])
  nurse = await s.person(['provider'], { isProvider: true, name: 'Noor Haddad' })
  const service = { name: 'Lip filler', minutes: 30, priceCents: 60_000, onlineBooking: true, active: true }
  serviceId = (await s.perform(changeService, s.setUp, { ...service, providerIds: [nurse.id] })).id
  await s.perform(setBaseUrl, s.setUp, { baseUrl: 'https://forms.example.test' })
})
afterAll(() => s.close())

const BORN = '1990-02-14'
let halfHours = 0
/** A visit in the days to come, each in a slot of its own, at 10:00 in New York and later. */
const book = (patientId: string) => {
  const startsAt = new Date(Date.UTC(2027, 5, 1, 14) + halfHours++ * 1_800_000).toISOString()
  return s.perform(bookAtDesk, s.setUp, {
    patientId,
    locationId: s.locationId,
    providerId: nurse.id,
    serviceId,
    startsAt,
  })
}
const tokenIn = (text: string) => /#(\w+)/.exec(text)?.[1] ?? 'no link'
/** The code that the desk shows. */
const handOver = async (patientId: string, appointmentId?: string) => {
  const shown = await s
    .as(desk)
    .post(`/api/patients/${patientId}/forms-link`, { sentBy: 'hand-over', ...(appointmentId ? { appointmentId } : {}) })
  expect(shown.statusCode, shown.body).toBe(200)
  return tokenIn(shown.json().url)
}
let addresses = 0
/** Each from an address of its own: the limit for one address has a test of its own. */
const open = (token: string, birthDate = BORN, from = `10.0.0.${++addresses}`) =>
  s.server.inject({ method: 'POST', url: '/api/visit/open', payload: { token, birthDate }, remoteAddress: from })
/** The link in the newest message to her own address. */
const mailed = async (patientId: string, appointmentId: string | undefined, to: string) => {
  await s.drain()
  const asked = await s.as(desk).post(`/api/patients/${patientId}/forms-link`, { sentBy: 'email', ...(appointmentId ? { appointmentId } : {}) })
  expect(asked.statusCode, asked.body).toBe(200)
  await s.drain()
  return tokenIn(sent.findLast((m) => m.to === to)?.body ?? '')
}
const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']).split(';')[0] ?? ''
/** A patient who has opened her link. */
const visitor = async (more: Parameters<Spa['patient']>[0] = {}) => {
  const who = await s.patient(more)
  const { id: appointmentId } = await book(who.id)
  const opened = await open(await handOver(who.id, appointmentId), more.birthDate)
  expect(opened.statusCode, opened.body).toBe(200)
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
  return { id: who.id, email: who.email ?? '', appointmentId, cookie, web: s.as({ cookie }) }
}
type Visitor = Awaited<ReturnType<typeof visitor>>

const WHOLE = {
  allergies: ['lidocaine'],
  'severe-reaction': false,
  pregnancy: 'no',
  'blood-thinners': ['none'],
  neuromuscular: ['none'],
  conditions: ['none'],
  skin: ['none'],
  implants: ['none'],
  isotretinoin: 'no',
  recent: ['none'],
  medicines: false,
  prior: ['none'],
  faints: false,
  'emergency-name': 'Ida',
  'emergency-phone': '+12125550199',
}
const DRAWN = {
  method: 'drawn',
  strokes: [
    [
      { x: 0.1, y: 0.1, atMs: 0, pressure: 0.5 },
      { x: 0.4, y: 0.2, atMs: 90, pressure: 0.5 },
    ],
  ],
}
const textsOf = async (v: Visitor) =>
  (await v.web.get('/api/visit/consents')).json().texts as {
    kind: string
    version: string
    hash: { en: string; es: string }
  }[]
const sign = async (v: Visitor, kind: string, more: object = {}) => {
  const text = (await textsOf(v)).find((t) => t.kind === kind)
  return v.web.post('/api/visit/consents', {
    kind,
    decision: 'accepted',
    language: 'en',
    version: text?.version,
    hash: text?.hash.en,
    signature: DRAWN,
    ...more,
  })
}
const decline = (v: Visitor, kind: string) => sign(v, kind, { decision: 'declined', signature: undefined })
const submit = (v: Visitor, answers: object = WHOLE) =>
  v.web.post('/api/visit/form/submit', { language: 'en', answers })
const stateOf = async (appointmentId: string, day = '2027-06-01') => {
  const states = (await s.as(desk).get(`/api/forms/day?locationId=${s.locationId}&date=${day}`)).json() as {
    appointmentId: string
    state: string
  }[]
  return states.find((line) => line.appointmentId === appointmentId)?.state
}

// The link.

it('opens with the link and the birth date, and sets a cookie that no script can read', async () => {
  const v = await visitor({ givenName: 'Zoë' })
  expect((await v.web.get('/api/visit')).json()).toMatchObject({
    calledName: 'Zoë',
    practice: { name: 'Pearl Aesthetics' },
    visit: { timeZone: 'America/New_York', place: 'Downtown' },
    isDone: false,
  })
  const again = await s.patient()
  const opened = await open(await handOver(again.id))
  expect(opened.headers['set-cookie']).toMatch(/^nacre-link=prc_.*HttpOnly.*SameSite=Strict/)
  expect(opened.json()).toEqual({ language: 'en' })
})

it('works once: the second time it is gone, with a sentence that says what to do', async () => {
  const who = await s.patient()
  const token = await handOver(who.id)
  expect((await open(token)).statusCode).toBe(200)
  const second = await open(token)
  expect(second.statusCode).toBe(410)
  expect(second.json().detail).toMatch(/works once.*Ask for a new one.*\+12125550100/)
})

it('is opened by exactly one of many who try at the same moment', async () => {
  const token = await handOver((await s.patient()).id)
  const answers = await Promise.all(Array.from({ length: 4 }, () => open(token)))
  expect(answers.map((a) => a.statusCode).toSorted((a, b) => a - b)).toEqual([200, 410, 410, 410])
})

it('answers alike for a used, an expired and an invented link, and names nobody', async () => {
  const who = await s.patient({ givenName: 'Secretia' })
  const used = await handOver(who.id)
  expect((await open(used)).statusCode).toBe(200)
  const late = await handOver(who.id)
  await s.owner.query(
    `update visit_link set expires_at = now() - interval '1 minute' where used_at is null and patient_id = $1`,
    [who.id],
  )
  const answers = await Promise.all([open(used), open(late), open('abcdefghijklmnopqrstuvwxyz234567')])
  const bodies = answers.map((a) => JSON.stringify({ ...a.json(), reference: '' }))
  expect(answers.map((a) => a.statusCode)).toEqual([410, 410, 410])
  expect(new Set(bodies).size).toBe(1)
  expect(bodies[0]).not.toMatch(/Secretia|Example|1990|pat_/)
})

it('closes after five wrong birth dates, even for the right one, and parallel guesses do not get a sixth', async () => {
  const token = await handOver((await s.patient()).id)
  const wrong = await open(token, '1990-02-15')
  expect(wrong.statusCode).toBe(422)
  expect(wrong.json().errors).toEqual([{ path: 'birthDate', message: expect.any(String) }])
  expect(wrong.body).not.toContain('1990')
  const guesses = await Promise.all(Array.from({ length: 7 }, (_, i) => open(token, `1991-01-0${i + 1}`)))
  expect(guesses.filter((g) => g.statusCode === 422).length).toBeLessThanOrEqual(4)
  expect((await open(token)).statusCode).toBe(410)
})

it('puts each wrong birth date on record', async () => {
  const who = await s.patient()
  await open(await handOver(who.id), '1999-09-09')
  const trail = await s.trailOf()
  expect(trail.filter((e) => e.actor === 'public').slice(-2)).toMatchObject([
    { action: 'link.try', outcome: 'done' },
    { action: 'link.open', outcome: 'failed', rule: '422 check what you entered' },
  ])
})

it('slows down whoever tries many links from one address', async () => {
  const codes: number[] = []
  for (let i = 0; i < 31; i++) codes.push((await open('abcdefghijklmnopqrstuvwxyz234567', BORN, '10.9.9.9')).statusCode)
  expect(codes).toEqual([...Array.from({ length: 30 }, () => 410), 429])
})

it('says which part of an opening cannot be read', async () => {
  const bad = await s.as().post('/api/visit/open', { token: 'abcdefghijklmnop', birthDate: '14.2.1990' })
  expect(bad.statusCode).toBe(422)
  expect(bad.json().errors.map((e: { path: string }) => e.path)).toEqual(['birthDate'])
})

it('ends with her session: after two hours, or when she leaves', async () => {
  const v = await visitor()
  expect((await v.web.post('/api/visit/finish')).json()).toEqual({ isDone: false })
  expect((await v.web.get('/api/visit')).statusCode).toBe(401)
  const who = await s.patient()
  const cookie = String((await open(await handOver(who.id))).headers['set-cookie']).split(';')[0] ?? ''
  await s.owner.query(`update link_session set expires_at = now() - interval '1 second' where stands_for = $1`, [
    who.id,
  ])
  const late = await s.as({ cookie }).get('/api/visit')
  expect([late.statusCode, late.json().detail]).toEqual([401, expect.stringContaining('What you filled in is kept')])
})

it('is sent anew on request, to the address on file only, and the answer tells nothing', async () => {
  const who = await s.patient({ email: 'renew@example.test' })
  const token = await handOver(who.id)
  await open(token)
  const [known, unknown] = [
    await s.as().post('/api/visit/renew', { token }),
    await s.as().post('/api/visit/renew', { token: 'abcdefghijklmnopqrstuvwxyz234567' }),
  ]
  expect([known.statusCode, known.json()]).toEqual([unknown.statusCode, unknown.json()])
  await s.drain()
  const mails = sent.filter((m) => m.to === 'renew@example.test')
  expect(mails).toHaveLength(1)
  expect((await open(tokenIn(mails[0]?.body ?? ''))).statusCode).toBe(200)
  for (let i = 0; i < 8; i++) await s.as().post('/api/visit/renew', { token })
  await s.drain()
  expect(sent.filter((m) => m.to === 'renew@example.test').length).toBeLessThanOrEqual(5)
})

it('opens nobody else’s record, whatever is sent along', async () => {
  const [v, other] = [await visitor(), await visitor()]
  const signed = (await sign(other, 'treatment')).json()
  expect((await v.web.get(`/api/visit/consents/${signed.id}/copy?patientId=${other.id}`)).statusCode).toBe(404)
  expect((await v.web.post(`/api/visit/consents/${signed.id}/revoke`, { patientId: other.id })).statusCode).toBe(404)
  expect((await other.web.get(`/api/visit/consents/${signed.id}/copy`)).json().line.holds).toBe(true)
  for (const url of [
    `/api/patients/${v.id}/card`,
    `/api/patients/${v.id}/consents`,
    `/api/forms/day?locationId=${s.locationId}&date=2027-06-01`,
  ])
    expect((await v.web.get(url)).statusCode, url).toBe(401)
})

// Answers.

it('saves answers as she types, keeps them over a new link, and seals them', async () => {
  const v = await visitor()
  const saved = await v.web.put('/api/visit/form', {
    language: 'es',
    answers: { allergies: ['other'], 'allergies-other': 'MARKERPEANUT' },
  })
  expect(saved.statusCode, saved.body).toBe(200)
  expect(
    (
      await v.web.put('/api/visit/form', {
        language: 'es',
        answers: { allergies: ['other'], 'allergies-other': 'MARKERPEANUT', faints: true },
      })
    ).statusCode,
  ).toBe(200)
  await v.web.post('/api/visit/finish')
  const cookie = cookieOf(await open(await mailed(v.id, v.appointmentId, v.email)))
  const form = (await s.as({ cookie }).get('/api/visit/form')).json()
  expect(form).toMatchObject({
    from: 'draft',
    answers: { allergies: ['other'], 'allergies-other': 'MARKERPEANUT', faints: true },
  })
  expect(form.items.length).toBeGreaterThan(15)
  const { rows } = await s.owner.query('select answers from form_response where patient_id = $1', [v.id])
  expect(rows).toHaveLength(1)
  expect(rows[0].answers.toString('latin1')).not.toContain('MARKERPEANUT')
  expect(await stateOf(v.appointmentId)).toBe('started')
})

it('names each answer that does not fit its question, and saves nothing of it', async () => {
  const v = await visitor()
  const bad = await v.web.put('/api/visit/form', {
    language: 'en',
    answers: { allergies: ['none', 'latex'], pregnancy: 'perhaps', faints: 'yes', shoe: 'red' },
  })
  expect(bad.statusCode).toBe(422)
  expect(bad.json().errors.map((e: { path: string }) => e.path)).toEqual([
    'answers.allergies',
    'answers.pregnancy',
    'answers.faints',
    'answers.shoe',
  ])
  expect((await v.web.get('/api/visit/form')).json().from).toBe('nothing')
})

it('submits only when every required question is answered, and drops answers to questions that were not asked', async () => {
  const v = await visitor()
  const early = await submit(v, { allergies: ['other'] })
  expect(early.statusCode).toBe(422)
  expect(early.json().errors[0]).toEqual({ path: 'answers.allergies-other', message: 'is not answered yet' })
  expect((await submit(v, { ...WHOLE, 'allergies-other': 'left from before' })).statusCode).toBe(200)
  const form = (await v.web.get('/api/visit/form')).json()
  expect(form).toMatchObject({ from: 'submitted', answers: WHOLE })
  expect(form.answers).not.toHaveProperty('allergies-other')
  expect(
    (await s.trailOf(v.id)).filter((e) => e.action === 'intake.submit').map((e) => [e.actor.slice(0, 4), e.outcome]),
  ).toEqual([
    ['lnk_', 'failed'],
    ['lnk_', 'done'],
  ])
})

// A code of the desk, and what was said before.

const answersShown = (form: { answers: object }) => Object.keys(form.answers).length
it('shows whoever scans a code of the desk nothing that was answered or signed before', async () => {
  const v = await visitor()
  await submit(v)
  const signed = (await sign(v, 'treatment')).json()
  await sign(v, 'marketing-photos', { uses: ['website'] })
  const web = s.as({ cookie: cookieOf(await open(await handOver(v.id, v.appointmentId))) })
  const state = (await web.get('/api/visit')).json()
  expect(state).toMatchObject({ earlierHidden: true, steps: [{ id: 'health', state: 'done' }, { id: 'treatment', state: 'done' }, { state: 'open' }, { state: 'done' }] })
  expect(JSON.stringify(state.steps)).not.toContain('decision')
  const form = (await web.get('/api/visit/form')).json()
  expect([form.from, answersShown(form)]).toEqual(['nothing', 0])
  expect((await web.get('/api/visit/consents')).json().decisions).toEqual([])
  for (const refused of [await web.get(`/api/visit/consents/${signed.id}/copy`), await web.post(`/api/visit/consents/${signed.id}/revoke`)])
    expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'own-address', whoCanFix: expect.stringContaining('code'), fix: { href: '/visit?verify=1' } } })
  const seen = (await s.trailOf(v.id)).filter((e) => e.action === 'intake.form' || e.action === 'consent.copy').at(-1)
  expect(seen).toMatchObject({ action: 'consent.copy', outcome: 'denied', rule: 'own-address', opened: [] })
  expect((await s.trailOf(v.id)).findLast((e) => e.action === 'intake.form')?.opened).toEqual([])
})

it('keeps what is filled in with that code, and shows that', async () => {
  const v = await visitor()
  await v.web.put('/api/visit/form', { language: 'en', answers: { faints: true } })
  expect((await v.web.get('/api/visit/form')).json()).toMatchObject({ from: 'draft', answers: { faints: true } })
  await sign(v, 'treatment')
  expect((await v.web.get('/api/visit/consents')).json().decisions).toHaveLength(1)
  expect((await v.web.get('/api/visit')).json().earlierHidden).toBe(false)
})

it('shows what is from before once a code that was sent to her own address is typed', async () => {
  const v = await visitor({ email: 'earlier@example.test' })
  await submit(v)
  const signed = (await sign(v, 'treatment')).json()
  const web = s.as({ cookie: cookieOf(await open(await handOver(v.id, v.appointmentId))) })
  const asked = await web.post('/api/visit/code')
  expect(asked.json()).toMatchObject({ sentTo: 'e…@example.test' })
  await s.drain()
  const mail = sent.findLast((m) => m.to === 'earlier@example.test' && m.subject === 'Your code')
  const code = /\d{6}/.exec(mail?.body ?? '')?.[0]
  expect(contentGuard(mail?.body ?? '')).toEqual([])
  const { checkId } = asked.json()
  const wrong = code === '000000' ? '000001' : '000000'
  expect((await web.post('/api/visit/code/confirm', { checkId, code: wrong })).statusCode).toBe(422)
  expect((await web.get('/api/visit/form')).json().from).toBe('nothing')
  expect((await web.post('/api/visit/code/confirm', { checkId, code })).statusCode).toBe(200)
  expect((await web.get('/api/visit/form')).json()).toMatchObject({ from: 'submitted', answers: WHOLE })
  expect((await web.get(`/api/visit/consents/${signed.id}/copy`)).json()).toMatchObject({ signature: DRAWN })
  expect((await web.post('/api/visit/code/confirm', { checkId, code })).statusCode).toBe(422)
  const outcomes = (await s.trailOf(v.id)).filter((e) => e.action === 'link.verify').map((e) => e.outcome)
  expect(outcomes).toEqual(['failed', 'done', 'failed'])
})

it('never lets more than five codes be tried', async () => {
  const v = await visitor({ email: 'five@example.test' })
  const { checkId } = (await v.web.post('/api/visit/code')).json()
  await s.drain()
  const code = /\d{6}/.exec(sent.findLast((m) => m.to === 'five@example.test' && m.subject === 'Your code')?.body ?? '')?.[0] ?? ''
  for (let i = 0; i < 5; i++) await v.web.post('/api/visit/code/confirm', { checkId, code: code.startsWith('1') ? '200000' : '100000' })
  expect((await v.web.post('/api/visit/code/confirm', { checkId, code })).statusCode).toBe(422)
})

it('never changes what was submitted: not even the database’s own login of the application could', async () => {
  const v = await visitor()
  await submit(v)
  await expect(
    s.owner.query(`update form_response set saved_at = now() where patient_id = $1`, [v.id]),
  ).rejects.toThrow('a submitted form is never changed')
})

it('offers last time’s answers at the next visit, but asks afresh what may have changed', async () => {
  const v = await visitor()
  await submit(v)
  const next = await book(v.id)
  const cookie = cookieOf(await open(await mailed(v.id, next.id, v.email)))
  const form = (await s.as({ cookie }).get('/api/visit/form')).json()
  expect(form.from).toBe('taken-over')
  expect(form.answers).toMatchObject({ allergies: ['lidocaine'], isotretinoin: 'no' })
  for (const fresh of ['pregnancy', 'recent']) expect(form.answers).not.toHaveProperty(fresh)
})

// Consents.

it('seals a signature together with the hash of the exact text, the time and the way it was signed', async () => {
  const v = await visitor({ givenName: 'Ida', familyName: 'Bright' })
  const texts = await textsOf(v)
  const hash = texts.find((t) => t.kind === 'treatment')?.hash.en
  const signed = await sign(v, 'treatment')
  expect(signed.json()).toMatchObject({
    kind: 'treatment',
    decision: 'accepted',
    method: 'drawn',
    language: 'en',
    holds: true,
  })
  const { rows } = await s.owner.query(
    'select text_hash, method, signed_at, signature, decision from consent where patient_id = $1',
    [v.id],
  )
  expect(rows[0]).toMatchObject({ text_hash: hash, method: 'drawn', decision: 'accepted' })
  expect(Date.now() - new Date(rows[0].signed_at).getTime()).toBeLessThan(60_000)
  expect(rows[0].signature.toString('latin1')).not.toMatch(/strokes|Ida|Bright/)
  const copy = (await v.web.get(`/api/visit/consents/${signed.json().id}/copy`)).json()
  expect(copy).toMatchObject({
    signerName: 'Ida Bright',
    signature: DRAWN,
    textHash: hash,
    textMatches: true,
    practiceName: 'Pearl Aesthetics',
  })
  expect(JSON.stringify(copy.text)).toContain('the team of Pearl Aesthetics')
  const team = (await s.as(nurse).get(`/api/patients/${v.id}/consents/${signed.json().id}`)).json()
  expect(team).toEqual(copy)
  expect((await s.trailOf(v.id)).at(-1)).toMatchObject({
    actor: nurse.id,
    action: 'consent.read',
    opened: [{ record: 'consent', fields: ['signature', 'signedAs'] }],
  })
})

it('takes a typed name as a signature', async () => {
  const v = await visitor()
  const signed = await sign(v, 'clinical-photography', {
    signature: { method: 'typed', text: 'Ana B. Example' },
    language: 'es',
    hash: (await textsOf(v)).find((t) => t.kind === 'clinical-photography')?.hash.es,
  })
  expect(signed.json()).toMatchObject({ method: 'typed', language: 'es' })
  expect((await v.web.get(`/api/visit/consents/${signed.json().id}/copy`)).json()).toMatchObject({
    signerName: 'Ana B. Example',
    textMatches: true,
  })
})

it('signs only the text that was on the screen', async () => {
  const v = await visitor()
  const other = await sign(v, 'treatment', { hash: '0'.repeat(64) })
  expect([other.statusCode, other.json().detail]).toEqual([409, expect.stringContaining('read it again')])
  expect((await sign(v, 'treatment', { version: '2020-01-01' })).statusCode).toBe(409)
})

it('refuses an acceptance without a signature, and an authorization that names no place', async () => {
  const v = await visitor()
  const path = (answer: { json: () => { errors: { path: string }[] } }) => answer.json().errors.map((e) => e.path)
  expect(path(await sign(v, 'treatment', { signature: undefined }))).toEqual(['signature'])
  expect(path(await sign(v, 'marketing-photos'))).toEqual(['uses'])
  expect(path(await sign(v, 'treatment', { uses: ['website'] }))).toEqual(['uses'])
  expect((await s.owner.query('select from consent where patient_id = $1', [v.id])).rowCount).toBe(0)
})

it('blocks nothing when marketing is declined or never answered (45 CFR 164.508(b)(4))', async () => {
  const [declined, silent] = [await visitor(), await visitor()]
  for (const v of [declined, silent]) {
    await submit(v)
    await sign(v, 'treatment')
    await sign(v, 'clinical-photography')
  }
  const said = await decline(declined, 'marketing-photos')
  expect(said.json()).toMatchObject({ decision: 'declined', method: 'none', holds: false, uses: [] })
  for (const v of [declined, silent]) {
    expect((await v.web.get('/api/visit')).json()).toMatchObject({ isDone: true })
    expect(await stateOf(v.appointmentId)).toBe('done')
  }
})

it('keeps to the places that she ticked, and lets her take it back at any moment', async () => {
  const v = await visitor()
  const signed = (await sign(v, 'marketing-photos', { uses: ['website'] })).json()
  expect(signed).toMatchObject({ uses: ['website'], holds: true })
  const days = (Date.parse(signed.expiresAt) - Date.parse(signed.signedAt)) / 86_400_000
  expect(Math.round(days)).toBe(730)
  const back = await v.web.post(`/api/visit/consents/${signed.id}/revoke`)
  expect(back.json()).toMatchObject({ holds: false, revokedHow: 'by-link' })
  expect((await v.web.post(`/api/visit/consents/${signed.id}/revoke`)).statusCode).toBe(409)
  expect((await s.as(nurse).get(`/api/patients/${v.id}/consents`)).json()).toMatchObject([
    { id: signed.id, holds: false, revokedAt: expect.any(String) },
  ])
})

it('lets the desk enter a written revocation without seeing what was signed', async () => {
  const v = await visitor()
  const { id } = (await sign(v, 'clinical-photography')).json()
  const back = await s.as(desk).post(`/api/patients/${v.id}/consents/${id}/revoke`)
  expect(back.json()).toMatchObject({ revokedHow: 'written-request' })
  const denied = await s.as(desk).get(`/api/patients/${v.id}/consents/${id}`)
  expect([denied.statusCode, denied.json().refusal.rule]).toEqual([403, 'role'])
  expect(
    (await s.as(desk).post(`/api/patients/${v.id}/consents/con_00000000000000000000000000/revoke`)).statusCode,
  ).toBe(404)
})

it('lets a later no end an earlier yes, and a later yes replace it', async () => {
  const v = await visitor()
  await sign(v, 'marketing-photos', { uses: ['website', 'print'] })
  await decline(v, 'marketing-photos')
  expect((await sign(v, 'marketing-photos', { uses: ['print'] })).json()).toMatchObject({
    uses: ['print'],
    holds: true,
  })
  const all = (await v.web.get('/api/visit/consents')).json().decisions
  expect(
    all.map((d: { decision: string; holds: boolean; revokedHow?: string }) => [d.decision, d.holds, d.revokedHow]),
  ).toEqual([
    ['accepted', true, undefined],
    ['declined', false, 'superseded'],
    ['accepted', false, 'superseded'],
  ])
})

it('never changes what was signed', async () => {
  const v = await visitor()
  await sign(v, 'marketing-photos', { uses: ['print'] })
  await expect(
    s.owner.query(`update consent set uses = '{website,print}' where patient_id = $1`, [v.id]),
  ).rejects.toThrow('a signed consent is never changed')
})

it('lets nobody under 18 sign: a parent or guardian does', async () => {
  const v = await visitor({ birthDate: `${new Date().getUTCFullYear() - 17}-01-01` })
  const state = (await v.web.get('/api/visit')).json()
  expect([state.isMinor, state.steps.map((step: { id: string }) => step.id)]).toEqual([true, ['health']])
  const refused = await sign(v, 'treatment')
  expect([refused.statusCode, refused.json().refusal.rule]).toEqual([403, 'adult-signs'])
})

it('gives later modules a rule that holds only while the consent does', async () => {
  const probe = action({
    name: 'test.photograph',
    does: 'take a photo in a test',
    purpose: 'treatment',
  phi: 'identity',
    patient: ({ patientId }) => patientId,
    allow: consentedTo('clinical-photography'),
    input: z.object({ patientId: PatientId }),
    output: z.object({}),
    run: async () => ({}),
  })
  const v = await visitor()
  const may = () =>
    s.perform(probe, { ...s.setUp, grants: new Set(['test.photograph']) }, { patientId: v.id }).then(
      () => 'yes',
      (e) => e.refusal,
    )
  expect(await may()).toMatchObject({
    rule: 'consented-to-clinical-photography',
    why: expect.stringContaining('photos for her record'),
    fix: { href: `/patients/${v.id}` },
  })
  await sign(v, 'treatment')
  expect(await may()).toMatchObject({ rule: 'consented-to-clinical-photography' })
  const { id } = (await sign(v, 'clinical-photography')).json()
  expect(await may()).toBe('yes')
  await v.web.post(`/api/visit/consents/${id}/revoke`)
  expect(await may()).toMatchObject({ rule: 'consented-to-clinical-photography' })
  await decline(v, 'clinical-photography')
  expect(await may()).toMatchObject({ rule: 'consented-to-clinical-photography' })
})

it('does not count a consent that has run out', async () => {
  const v = await visitor()
  await sign(v, 'treatment')
  await s.owner.query(`alter table consent disable trigger keep_signed`)
  await s.owner.query(`update consent set expires_at = now() - interval '1 second' where patient_id = $1`, [v.id])
  await s.owner.query(`alter table consent enable trigger keep_signed`)
  expect((await v.web.get('/api/visit')).json().steps).toContainEqual({ id: 'treatment', state: 'open' })
})

// The desk.

it('shows the desk how far each visit’s forms are, and opens nothing for it', async () => {
  const who = await s.patient()
  const { id } = await book(who.id)
  expect(await stateOf(id)).toBe('none')
  await s.drain()
  expect(await stateOf(id)).toBe('sent')
  const of = (await s.as(desk).get(`/api/patients/${who.id}/forms`)).json()
  expect(of).toMatchObject({
    visits: [{ appointmentId: id, state: 'sent', timeZone: 'America/New_York' }],
    links: [{ sentBy: 'email', state: 'waiting' }],
  })
  expect((await s.trailOf(who.id)).at(-1)).toMatchObject({
    actor: desk.id,
    action: 'forms.of-patient',
    outcome: 'done',
    opened: [],
  })
  const day = (await s.trailOf()).findLast((e) => e.action === 'forms.day')
  expect(day).toMatchObject({ outcome: 'done', patientId: '*', opened: [] })
})

it('refuses marketing the forms and the links, and records it', async () => {
  const who = await s.patient()
  const marketing = await s.person(['marketing'])
  expect((await s.as(marketing).get(`/api/patients/${who.id}/forms`)).statusCode).toBe(403)
  expect((await s.as(marketing).post(`/api/patients/${who.id}/forms-link`, { sentBy: 'hand-over' })).statusCode).toBe(
    403,
  )
  expect((await s.as(desk).get(`/api/patients/${who.id}/consents`)).statusCode).toBe(403)
  expect((await s.trailOf(who.id)).map((e) => [e.action, e.outcome])).toEqual([
    ['forms.of-patient', 'denied'],
    ['forms.send-link', 'denied'],
    ['consent.list', 'denied'],
  ])
})

it('answers the same for a patient who does not exist as for one at another location', async () => {
  const elsewhere = await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })
  const eve = await s.patient({ locationId: elsewhere.id })
  for (const id of [eve.id, 'pat_00000000000000000000000000']) {
    expect((await s.as(desk).get(`/api/patients/${id}/forms`)).statusCode).toBe(404)
    expect((await s.as(desk).post(`/api/patients/${id}/forms-link`, { sentBy: 'email' })).statusCode).toBe(404)
    expect((await s.as(nurse).get(`/api/patients/${id}/consents`)).statusCode).toBe(404)
  }
})

it('sends a new link on request of the desk, after which the older one no longer works', async () => {
  const who = await s.patient({ email: 'twice@example.test' })
  const send = () => s.as(desk).post(`/api/patients/${who.id}/forms-link`, { sentBy: 'email' })
  const first = await send()
  expect(first.json()).not.toHaveProperty('url')
  await s.drain()
  await send()
  await s.drain()
  const [older, newer] = sent.filter((m) => m.to === 'twice@example.test').map((m) => tokenIn(m.body))
  expect((await open(older ?? '')).statusCode).toBe(410)
  expect((await open(newer ?? '')).statusCode).toBe(200)
})

it('says so when there is no address to send to', async () => {
  const who = await s.patient()
  await s.owner.query('update patient set email = null where id = $1', [who.id])
  const none = await s.as(desk).post(`/api/patients/${who.id}/forms-link`, { sentBy: 'email' })
  expect([none.statusCode, none.json().detail]).toEqual([409, expect.stringContaining('show the code')])
})

// The message.

it('confirms a booking in her own zone and language, with a link that opens, and says nothing about health, treatment or provider', async () => {
  const who = await s.patient({ email: 'confirm@example.test' })
  const { id } = await book(who.id)
  await s.drain()
  const [mail, ...more] = sent.filter((m) => m.to === 'confirm@example.test')
  expect(more).toEqual([])
  const text = `${mail?.subject} ${mail?.body}`
  expect(text).toMatch(/You are booked at Pearl Aesthetics on \w+day, June \d+ at \d+:\d\d [AP]M/)
  expect(text).toContain('Downtown, 1 Main St')
  expect(text).not.toMatch(/filler|lip|Noor|Haddad|Ana|Example\d/i)
  expect(contentGuard(text.replace(/https?:\S+/, ''), ['Lip filler', 'Noor Haddad'])).toEqual([])
  expect(/https:\S+/.exec(text)?.[0]).toMatch(/^https:\/\/forms\.example\.test\/visit#[a-z2-7]{32}$/)
  expect((await open(tokenIn(text))).statusCode).toBe(200)
  const { rows } = await s.owner.query('select state, template from outbox_message where patient_id = $1', [who.id])
  expect(rows).toEqual([{ state: 'sent', template: 'booking-confirmation' }])
  expect(await s.owner.query('select from disclosure where patient_id = $1', [who.id])).toMatchObject({ rowCount: 1 })
  expect((await s.trailOf(who.id)).find((e) => e.action === 'forms.invite')).toMatchObject({
    actor: 'job:forms.invite',
    outcome: 'done',
    opened: [{ record: 'patient', fields: ['email'] }],
  })
  // At least once: a job that runs again sends nothing twice.
  const { inviteToForms } = await import('./jobs.ts')
  await s.perform(inviteToForms, s.setUp, { appointmentId: id, patientId: who.id })
  await s.drain()
  expect(sent.filter((m) => m.to === 'confirm@example.test')).toHaveLength(1)
})

it('is held for an administrator to read while no carrier is configured', async () => {
  const quiet = await spa()
  try {
    const provider = await quiet.person(['provider'], { isProvider: true })
    const service = await quiet.perform(changeService, quiet.setUp, {
      name: 'Peel',
      minutes: 30,
      priceCents: 1,
      onlineBooking: true,
      active: true,
      providerIds: [provider.id],
    })
    const who = await quiet.patient()
    await quiet.perform(bookAtDesk, quiet.setUp, {
      patientId: who.id,
      locationId: quiet.locationId,
      providerId: provider.id,
      serviceId: service.id,
      startsAt: '2027-06-01T14:00:00.000Z',
    })
    await quiet.drain()
    const { rows } = await quiet.owner.query('select state, problem from outbox_message where patient_id = $1', [
      who.id,
    ])
    expect(rows).toEqual([{ state: 'held', problem: 'No carrier is configured for this channel.' }])
  } finally {
    await quiet.close()
  }
})
