import { afterAll, beforeAll, expect, it } from 'vitest'
import { contentGuard } from '#kernel/content-guard.ts'
import type { Carrier } from '#kernel/dispatch.ts'
import { bookAtDesk } from '#modules/scheduling'
import { changeService, setBaseUrl } from '#modules/practices'
import { createPatient } from '#modules/patients'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { softPasskey } from '#test/soft-passkey.ts'

let s: Spa
let desk: TestPerson
let owner: TestPerson
let officer: TestPerson
let nurse: TestPerson
let serviceId: string
const sent: { to: string; subject: string; body: string; reference: string }[] = []
const mail: Carrier = { send: async (message) => void sent.push(message) }

beforeAll(async () => {
  s = await spa({ mail })
  desk = await s.person(['front-desk'])
  owner = await s.person(['owner'])
  officer = await s.person(['compliance-officer'])
  nurse = await s.person(['provider'], { isProvider: true, name: 'Noor Haddad' })
  const service = { name: 'Lip filler', minutes: 30, priceCents: 60_000, onlineBooking: true, active: true }
  serviceId = (await s.perform(changeService, s.setUp, { ...service, providerIds: [nurse.id] })).id
  await s.perform(setBaseUrl, s.setUp, { baseUrl: 'https://pearl.example.test' })
})
afterAll(() => s.close())

const BORN = '1990-02-14'
const YEAR = new Date().getUTCFullYear()
const CHILD_BORN = `${YEAR - 12}-01-01`
const PARENT_BORN = '1980-05-05'

let addresses = 0
/** Each from a network of its own: what one network may do has tests of its own. */
const post = (url: string, payload: object, from = `10.${Math.floor(++addresses / 250)}.7.${addresses % 250}`) =>
  s.server.inject({ method: 'POST', url, payload, remoteAddress: from })
const ask = (address: string, more: { from?: string; language?: 'en' | 'es' } = {}) => post('/api/me/code', { address, ...(more.language ? { language: more.language } : {}) }, more.from)
const lettersTo = (to: string) => sent.filter((m) => m.to === to)
/** Asks for a code, and reads it where it was sent. */
const codeFor = async (address: string) => {
  const asked = await ask(address)
  expect(asked.statusCode, asked.body).toBe(200)
  await s.drain()
  const body = lettersTo(address).findLast((m) => m.body.includes('/me#'))?.body ?? ''
  return { attempt: String(asked.json().attempt), code: /\b\d{6}\b/.exec(body)?.[0] ?? 'none', token: /\/me#(\w+)/.exec(body)?.[1] ?? 'none', body }
}
const enter = (attempt: string, code: string, birthDate = BORN, from?: string) => post('/api/me/session', { attempt, code, birthDate }, from)
const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']).split(';')[0] ?? ''
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000')
const signedIn = async (address: string, birthDate = BORN) => {
  const { attempt, code } = await codeFor(address)
  const entered = await enter(attempt, code, birthDate)
  expect(entered.statusCode, entered.body).toBe(200)
  const cookie = cookieOf(entered)
  return { cookie, web: s.as({ cookie }) }
}
let halfHours = 0
const book = (patientId: string) =>
  s.perform(bookAtDesk, s.setUp, {
    patientId, locationId: s.locationId, providerId: nurse.id, serviceId, startsAt: new Date(Date.UTC(2027, 5, 1, 14) + halfHours++ * 1_800_000).toISOString(),
  })
const bodyOf = (answer: { json: () => object }) => JSON.stringify({ ...answer.json(), reference: '', attempt: '' })

// The code.

it('signs a patient in with a code to her address and her birth date, in a cookie that no script can read', async () => {
  const ana = await s.patient({ givenName: 'Zoë', email: 'zoe@example.test' })
  const { attempt } = (await ask(' Zoe@Example.test ')).json()
  await s.drain()
  const letter = lettersTo('zoe@example.test').at(-1)
  expect(contentGuard(`${letter?.subject} ${letter?.body.replace(/https?:\S+/, '')}`, ['Lip filler'])).toEqual([])
  expect(`${letter?.subject} ${letter?.body}`).not.toMatch(/Zoë|Example1|1990|pat_/)
  const typed = /\b\d{6}\b/.exec(letter?.body ?? '')?.[0] ?? ''
  const entered = await enter(attempt, typed)
  expect([entered.statusCode, entered.json()]).toEqual([200, { language: 'en' }])
  expect(entered.headers['set-cookie']).toMatch(/^nacre-patient=prc_.*HttpOnly.*SameSite=Strict/)
  const web = s.as({ cookie: cookieOf(entered) })
  expect((await web.get('/api/me')).json()).toMatchObject({ calledName: 'Zoë', isMinor: false })
  expect((await web.get('/api/me/session')).json()).toMatchObject({ as: 'self', mayChoose: false, how: 'code', otherSessions: 0 })
  const trail = await s.trailOf(ana.id)
  expect(trail.map((e) => [e.actor, e.action, e.outcome])).toEqual(expect.arrayContaining([
    ['job:portal.send-code', 'portal.send-code', 'done'],
    ['public', 'portal.sign-in', 'done'],
    [ana.id, 'portal.home', 'done'],
  ]))
})

it('answers alike, and as fast, for an address that is known and one that is not, and writes to nobody who is a stranger', async () => {
  await s.patient({ email: 'known@example.test' })
  const [known, unknown] = [await ask('known@example.test'), await ask('stranger@example.test')]
  expect([known.statusCode, bodyOf(known)]).toEqual([unknown.statusCode, bodyOf(unknown)])
  // The lookup is a job's: nothing that differs between the two has happened when the answer leaves.
  const asked = (await s.trailOf()).filter((e) => e.action === 'portal.ask-code').slice(-2)
  expect(asked.map((e) => [e.patientId, e.opened])).toEqual([['-', []], ['-', []]])
  expect(lettersTo('known@example.test')).toEqual([])
  await s.drain()
  expect([lettersTo('known@example.test').length, lettersTo('stranger@example.test').length]).toEqual([1, 0])
  const [wrong, never] = [await enter(known.json().attempt, otherThan('x')), await enter(unknown.json().attempt, '123456')]
  expect([wrong.statusCode, bodyOf(wrong)]).toEqual([never.statusCode, bodyOf(never)])
})

it('never tells which of the two was wrong, nor whether a code was used, late or never there', async () => {
  await s.patient({ email: 'which@example.test' })
  const { attempt, code } = await codeFor('which@example.test')
  const answers = [
    await enter(attempt, otherThan(code)), await enter(attempt, code, '1990-02-15'), await enter(attempt, otherThan(code), '1990-02-15'),
    await enter('sia_00000000000000000000000000', code),
  ]
  expect((await enter(attempt, code)).statusCode).toBe(200)
  answers.push(await enter(attempt, code))
  const late = await codeFor('which@example.test')
  await s.owner.query(`update sign_in_ask set expires_at = now() - interval '1 second' where id = $1`, [late.attempt])
  answers.push(await enter(late.attempt, late.code))
  expect(answers.map((a) => a.statusCode)).toEqual([422, 422, 422, 422, 422, 422])
  expect(new Set(answers.map(bodyOf)).size).toBe(1)
})

it('ends a code after five tries, even for the right one, and however many are made at once', async () => {
  await s.patient({ email: 'five@example.test' })
  const one = await codeFor('five@example.test')
  for (let i = 0; i < 5; i++) expect((await enter(one.attempt, otherThan(one.code))).statusCode).toBe(422)
  expect((await enter(one.attempt, one.code)).statusCode).toBe(422)
  const two = await codeFor('five@example.test')
  const guesses = await Promise.all(Array.from({ length: 9 }, () => enter(two.attempt, otherThan(two.code))))
  expect(guesses.every((g) => g.statusCode !== 200)).toBe(true)
  expect((await enter(two.attempt, two.code)).statusCode).toBe(422)
})

it('opens to exactly one of many who type the right code at the same moment', async () => {
  await s.patient({ email: 'once@example.test' })
  const { attempt, code } = await codeFor('once@example.test')
  const answers = await Promise.all(Array.from({ length: 4 }, () => enter(attempt, code)))
  expect(answers.filter((a) => a.statusCode === 200)).toHaveLength(1)
})

it('makes whoever asks for one address again and again wait longer and longer, whether or not anybody has it', async () => {
  await s.patient({ email: 'spam@example.test' })
  for (const address of ['spam@example.test', 'nobody-has-this@example.test']) {
    const codes = []
    for (let i = 0; i < 3; i++) codes.push((await ask(address)).statusCode)
    expect(codes, address).toEqual([200, 200, 429])
  }
  await s.drain()
  expect(lettersTo('spam@example.test')).toHaveLength(2)
  const waits = []
  for (let i = 0; i < 3; i++) {
    await s.owner.query(`update patient_try set locked_until = now() - interval '1 second' where locked_until is not null`)
    expect((await ask('spam@example.test')).statusCode).toBe(200)
    waits.push(Math.round(Number((await ask('spam@example.test')).headers['retry-after']) / 60))
  }
  expect(waits).toEqual([2, 4, 8])
})

it('makes a network that tries many codes wait, and no other', async () => {
  await s.owner.query('delete from patient_try')
  const codes = []
  for (let i = 0; i < 29; i++) codes.push((await enter('sia_00000000000000000000000000', '123456', BORN, `10.99.0.1`)).statusCode)
  expect(new Set(codes)).toEqual(new Set([422]))
  await s.owner.query(`update patient_try set tries = 30, locked_until = now() + interval '1 minute' where tries = 29`)
  expect((await enter('sia_00000000000000000000000000', '123456', BORN, '10.99.0.1')).statusCode).toBe(429)
  expect((await enter('sia_00000000000000000000000000', '123456', BORN, '10.99.0.2')).statusCode).toBe(422)
})

it('keeps neither address, code nor birth date readable in what it stores', async () => {
  await s.patient({ email: 'sealed-address@example.test', birthDate: '1971-07-17' })
  const { code } = await codeFor('sealed-address@example.test')
  for (const table of ['sign_in_ask', 'sign_in_proof', 'patient_try', 'job', 'outbox_message']) {
    const { rows } = await s.owner.query(`select x::text as line from ${table} x`)
    for (const { line } of rows) expect(line, table).not.toMatch(new RegExp(`sealed-address|1971-07-17|${Buffer.from('sealed-address').toString('hex')}|\\b${code}\\b`))
  }
})

it('takes a mobile number as well, and holds the text in the outbox while no carrier for texts is registered', async () => {
  const ana = await s.patient({ phone: '+13105550177', email: 'texted@example.test' })
  const asked = await ask('(310) 555-0177')
  expect(asked.json()).toMatchObject({ channel: 'text' })
  await s.drain()
  const { messages } = (await s.as(owner).get('/api/outbox?state=held')).json()
  const message = messages.find((m: { patientId: string }) => m.patientId === ana.id)
  expect(message).toMatchObject({ channel: 'text', template: 'sign-in-text', problem: 'No carrier is configured for this channel.' })
  const { recipient, body } = (await s.as(owner).get(`/api/outbox/${message.id}?patientId=${ana.id}`)).json()
  expect(recipient).toBe('+13105550177')
  const code = /\b\d{6}\b/.exec(body)?.[0] ?? ''
  expect((await enter(asked.json().attempt, code)).statusCode).toBe(200)
})

it('says that something is no address, and sends nothing', async () => {
  for (const typed of ['not an address', '12', 'a@b']) {
    const bad = await ask(typed)
    expect([bad.statusCode, bad.json().errors[0].path], typed).toEqual([422, 'address'])
  }
})

it('knows a family behind one address apart by birth date, and lets nobody in where it cannot', async () => {
  const email = 'family@example.test'
  await s.patient({ givenName: 'Mother', email })
  await s.patient({ givenName: 'Son', email, birthDate: '2001-03-03' })
  expect((await (await signedIn(email)).web.get('/api/me')).json().calledName).toBe('Mother')
  expect((await (await signedIn(email, '2001-03-03')).web.get('/api/me')).json().calledName).toBe('Son')
  const twins = 'twins@example.test'
  for (const givenName of ['Castor', 'Pollux']) await s.patient({ givenName, email: twins })
  const { attempt, code } = await codeFor(twins)
  expect((await enter(attempt, code)).statusCode).toBe(422)
})

it('signs in by the link of the message with the birth date, once', async () => {
  await s.patient({ email: 'link@example.test' })
  const { token, body } = await codeFor('link@example.test')
  expect(body).toMatch(/https:\/\/pearl\.example\.test\/me#[a-z2-7]{32}/)
  const byLink = (birthDate: string) => post('/api/me/session/link', { token, birthDate })
  expect((await byLink('1990-02-15')).statusCode).toBe(422)
  const entered = await byLink(BORN)
  expect(entered.statusCode).toBe(200)
  expect((await s.as({ cookie: cookieOf(entered) }).get('/api/me/session')).json().how).toBe('link')
  expect((await byLink(BORN)).statusCode).toBe(422)
})

// The session.

it('ends after thirty idle minutes, when she signs out, and everywhere at once', async () => {
  await s.patient({ email: 'idle@example.test' })
  const first = await signedIn('idle@example.test')
  await s.owner.query(`update patient_session set last_active_at = now() - interval '31 minutes'`)
  const late = await s.server.inject({ url: '/api/me', headers: { cookie: `${first.cookie}; x=1` } })
  expect([late.statusCode, late.json().detail]).toEqual([401, expect.stringContaining('nothing that you filled in is lost')])
  const [second, third, fourth] = [await signedIn('idle@example.test'), await signedIn('idle@example.test'), await signedIn('idle@example.test')]
  const out = await second.web.delete('/api/me/session')
  expect(out.headers['set-cookie']).toMatch(/^nacre-patient=;/)
  expect([(await second.web.get('/api/me')).statusCode, (await third.web.get('/api/me')).statusCode]).toEqual([401, 200])
  expect((await third.web.get('/api/me/session')).json().otherSessions).toBe(1)
  expect((await third.web.delete('/api/me/sessions')).json()).toEqual({ ended: 2 })
  expect((await s.owner.query(`select 1 from patient_session where ended_at is null and last_active_at > now() - interval '1 minute'`)).rowCount).toBe(0)
  expect((await third.web.get('/api/me')).statusCode).toBe(401)
  await new Promise((resolve) => setTimeout(resolve, 3100))
  expect((await fourth.web.get('/api/me')).statusCode).toBe(401)
}, 30_000)

it('gives a browser one way in as a patient: signing in takes the place of a link that was opened before', async () => {
  const [ana, eve] = [await s.patient({ email: 'one-way@example.test' }), await s.patient({ birthDate: '1977-07-07' })]
  const { attempt, code } = await codeFor('one-way@example.test')
  const shown = await s.as(desk).post(`/api/patients/${eve.id}/forms-link`, { sentBy: 'hand-over' })
  const opened = await post('/api/visit/open', { token: new URL(shown.json().url).hash.slice(1), birthDate: '1977-07-07' })
  const entered = await s.server.inject({ method: 'POST', url: '/api/me/session', payload: { attempt, code, birthDate: BORN }, headers: { cookie: cookieOf(opened) } })
  const cookies = [entered.headers['set-cookie']].flat().map(String)
  expect(cookies.some((c) => c.startsWith('nacre-link=;'))).toBe(true)
  const cookie = cookies.find((c) => c.startsWith('nacre-patient='))?.split(';')[0] ?? ''
  expect((await s.as({ cookie }).get('/api/visit')).statusCode).toBe(200)
  expect((await s.trailOf(ana.id)).at(-1)).toMatchObject({ actor: ana.id, action: 'intake.state' })
})

it('shows her next visits with time and place, and never what for or with whom', async () => {
  const ana = await s.patient({ email: 'visits@example.test' })
  const { startsAt } = await book(ana.id)
  const { web } = await signedIn('visits@example.test')
  const visits = await web.get('/api/me/visits')
  expect(visits.json()).toMatchObject([{ startsAt, timeZone: 'America/New_York', place: 'Downtown', address: '1 Main St' }])
  expect(visits.body).not.toMatch(/filler|Noor|Haddad|svc_|usr_/i)
})

const WHOLE = {
  'allergies': ['none'], 'severe-reaction': false, 'pregnancy': 'no', 'blood-thinners': ['none'], 'neuromuscular': ['none'], 'conditions': ['none'], 'skin': ['none'],
  'implants': ['none'], 'isotretinoin': 'no', 'recent': ['none'], 'medicines': false, 'prior': ['none'], 'faints': false, 'emergency-name': 'Ida', 'emergency-phone': '+12125550199',
}
type Web = ReturnType<Spa['as']>
const sign = async (web: Web, kind: string, more: object = {}) => {
  const { texts } = (await web.get('/api/visit/consents')).json()
  const text = texts.find((t: { kind: string }) => t.kind === kind)
  return web.post('/api/visit/consents', {
    kind, decision: 'accepted', language: 'en', version: text.version, hash: text.hash.en,
    signature: { method: 'drawn', strokes: [[{ x: 0.1, y: 0.1, atMs: 0, pressure: 0.5 }]] }, ...more,
  })
}

it('takes her from her page straight into her forms, shows what she signed, and lets her take it back', async () => {
  const ana = await s.patient({ givenName: 'Ida', familyName: 'Bright', email: 'forms@example.test' })
  await book(ana.id)
  const { web } = await signedIn('forms@example.test')
  expect((await web.get('/api/visit')).json()).toMatchObject({ by: 'patient', earlierHidden: false, isDone: false, visit: { place: 'Downtown' } })
  expect((await web.post('/api/visit/form/submit', { language: 'en', answers: WHOLE })).statusCode).toBe(200)
  const { id } = (await sign(web, 'treatment')).json()
  expect((await web.get('/api/visit/form')).json().from).toBe('submitted')
  const copy = (await web.get(`/api/visit/consents/${id}/copy`)).json()
  expect(copy).toMatchObject({ signerName: 'Ida Bright', textMatches: true })
  expect(copy).not.toHaveProperty('signedAs')
  expect((await web.post(`/api/visit/consents/${id}/revoke`)).json()).toMatchObject({ holds: false, revokedHow: 'signed-in' })
  expect((await s.trailOf(ana.id)).filter((e) => e.action.startsWith('consent.')).every((e) => e.actor === ana.id)).toBe(true)
})

it('opens nobody else’s record to her, and no door of the team', async () => {
  const other = await s.patient({ email: 'other@example.test' })
  const theirs = (await sign((await signedIn('other@example.test')).web, 'treatment')).json()
  await s.patient({ email: 'curious@example.test' })
  const { web } = await signedIn('curious@example.test')
  expect((await web.get(`/api/visit/consents/${theirs.id}/copy?patientId=${other.id}`)).statusCode).toBe(404)
  expect((await web.post('/api/me/choose', { patientId: other.id })).statusCode).toBe(404)
  for (const url of [`/api/patients/${other.id}/card`, `/api/patients/${other.id}/representations`, '/api/trail', '/api/session']) expect((await web.get(url)).statusCode, url).toBe(401)
})

// Passkeys.

const ORIGIN = 'https://pearl.example.test'
const withPasskey = async (address: string, key = softPasskey(ORIGIN)) => {
  const { web } = await signedIn(address)
  const challenge = (await web.post('/api/me/passkeys/options')).json()
  const added = await web.post('/api/me/passkeys', { name: 'Ana’s phone', answer: key.register(challenge) })
  return { web, key, challenge, added }
}
const byPasskey = async (key: ReturnType<typeof softPasskey>, from?: string) => {
  const options = await post('/api/me/session/passkey/options', {})
  return post('/api/me/session/passkey', { answer: key.signIn(options.json(), from) })
}

it('lets her add a passkey, signs her in with it, tells her of it, and lets her remove it', async () => {
  const ana = await s.patient({ givenName: 'Ana', email: 'passkey@example.test' })
  const { web, key, challenge, added } = await withPasskey('passkey@example.test')
  expect(challenge).toMatchObject({ rp: { id: 'pearl.example.test' }, authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, user: { name: 'me', displayName: '' } })
  expect([added.statusCode, added.json().name]).toEqual([200, 'Ana’s phone'])
  await s.drain()
  expect(lettersTo('passkey@example.test').at(-1)?.subject).toBe('Something about your sign-in changed')
  const entered = await byPasskey(key)
  expect(entered.statusCode, entered.body).toBe(200)
  const again = s.as({ cookie: cookieOf(entered) })
  expect((await again.get('/api/me')).json().calledName).toBe('Ana')
  expect((await again.get('/api/me/session')).json()).toMatchObject({ how: 'passkey', otherSessions: 1 })
  const [listed] = (await web.get('/api/me/passkeys')).json()
  expect(listed).toMatchObject({ name: 'Ana’s phone', usedAt: expect.any(String) })
  expect((await web.delete(`/api/me/passkeys/${listed.id}`)).json()).toEqual({ removed: true })
  expect((await byPasskey(key)).statusCode).toBe(422)
  expect((await s.trailOf(ana.id)).findLast((e) => e.action === 'portal.sign-in-by-passkey')).toMatchObject({ outcome: 'done' })
  const { rows } = await s.owner.query(`select count(*)::int as n from audit.event where actor = $1 and action like 'portal.%-passkey' and outcome = 'done'`, [ana.id])
  expect(rows[0].n).toBe(2)
})

it('takes no passkey that did not verify its user, that answers another site, or that answers twice', async () => {
  await s.patient({ email: 'passkey2@example.test' })
  expect((await withPasskey('passkey2@example.test', softPasskey(ORIGIN, { verifiesUser: false }))).added.statusCode).toBe(422)
  const { web, key } = await withPasskey('passkey2@example.test')
  expect((await byPasskey(key, 'https://phishing.example')).statusCode).toBe(422)
  const options = (await post('/api/me/session/passkey/options', {})).json()
  const answer = key.signIn(options)
  expect((await post('/api/me/session/passkey', { answer })).statusCode).toBe(200)
  expect((await post('/api/me/session/passkey', { answer })).statusCode).toBe(422)
  expect((await byPasskey(softPasskey(ORIGIN))).statusCode).toBe(422)
  const challenge = (await web.post('/api/me/passkeys/options')).json()
  await s.patient({ email: 'passkey3@example.test' })
  const other = await signedIn('passkey3@example.test')
  expect((await other.web.post('/api/me/passkeys', { name: 'Stolen', answer: softPasskey(ORIGIN).register(challenge) })).statusCode).toBe(422)
  const [mine] = (await web.get('/api/me/passkeys')).json()
  expect((await other.web.delete(`/api/me/passkeys/${mine.id}`)).statusCode).toBe(404)
})

// Her address.

it('shows her addresses masked, and changes one only with the code that was sent to the new one', async () => {
  const ana = await s.patient({ email: 'old@example.test', phone: '+12125550123' })
  const { web } = await signedIn('old@example.test')
  expect((await web.get('/api/me/contact')).json()).toEqual({ email: 'o…@example.test', phone: '••• 0123' })
  const asked = await web.post('/api/me/contact', { address: 'NEW@example.test' })
  const { checkId } = asked.json()
  await s.drain()
  const code = /\b\d{6}\b/.exec(lettersTo('new@example.test').at(-1)?.body ?? '')?.[0] ?? ''
  expect(asked.body).not.toContain(code)
  expect((await web.post('/api/me/contact/confirm', { checkId, code: otherThan(code) })).statusCode).toBe(422)
  expect((await s.as(desk).get(`/api/patients/${ana.id}/card`)).json().email).toBe('old@example.test')
  expect((await web.post('/api/me/contact/confirm', { checkId, code })).json()).toEqual({ email: 'n…@example.test', phone: '••• 0123' })
  await s.drain()
  expect(lettersTo('old@example.test').at(-1)?.subject).toBe('Something about your sign-in changed')
  expect((await s.as(desk).post('/api/patients/find', { q: 'new@example.test' })).json().map((p: { id: string }) => p.id)).toEqual([ana.id])
  expect((await web.post('/api/me/contact', { address: 'nonsense' })).statusCode).toBe(422)
  const other = await s.patient({ email: 'thief@example.test' })
  const thief = await signedIn('thief@example.test')
  expect((await thief.web.post('/api/me/contact/confirm', { checkId, code })).statusCode).toBe(422)
  expect((await s.trailOf(other.id)).at(-1)).toMatchObject({ action: 'portal.confirm-contact', outcome: 'failed' })
})

// Representatives.

const today = new Date().toISOString().slice(0, 10)
let parents = 0
const child = (more: object = {}) => s.perform(createPatient, s.setUp, { givenName: 'Kim', familyName: `Minor${++parents}`, birthDate: CHILD_BORN, locationId: s.locationId, ...more })
const propose = (patientId: string, more: object = {}, by = desk) =>
  s.as(by).post(`/api/patients/${patientId}/representations`, {
    name: 'Pat Parent', email: `parent${parents}@example.test`, birthDate: PARENT_BORN, basis: 'minor-child', scopes: ['forms', 'visits'], startsOn: today, ...more,
  })
const confirmMinor = (patientId: string, id: string, by = desk) =>
  s.as(by).post(`/api/patients/${patientId}/representations/${id}/confirm-minor`, { note: 'Both were here; birth certificate seen.' })
/** A child whose parent is recorded and confirmed. */
const family = async (more: object = {}) => {
  const kim = await child()
  const proposed = await propose(kim.id, more)
  expect(proposed.statusCode, proposed.body).toBe(200)
  expect((await confirmMinor(kim.id, proposed.json().id)).statusCode).toBe(200)
  return { kim, representationId: String(proposed.json().id), email: `parent${parents}@example.test` }
}

it('lets a parent sign a minor’s consents, in her own name and with her authority, on record as herself', async () => {
  const { kim, email } = await family()
  await book(kim.id)
  const { web } = await signedIn(email, PARENT_BORN)
  expect((await web.get('/api/me/session')).json()).toMatchObject({ as: 'representative', mayChoose: true, scopes: ['forms', 'visits'] })
  expect((await web.get('/api/me')).json()).toMatchObject({ calledName: 'Kim', isMinor: true })
  const state = (await web.get('/api/visit')).json()
  expect([state.by, state.isMinor, state.steps.map((step: { id: string }) => step.id)]).toEqual(['representative', true, ['health', 'treatment', 'clinical-photography']])
  const signed = (await sign(web, 'treatment')).json()
  expect(signed).toMatchObject({ decision: 'accepted', holds: true })
  const copy = (await s.as(nurse).get(`/api/patients/${kim.id}/consents/${signed.id}`)).json()
  expect(copy).toMatchObject({ signerName: 'Pat Parent', signedAs: { name: 'Pat Parent', basis: 'minor-child', authority: expect.stringContaining('164.502(g)(3)') } })
  const line = (await s.trailOf(kim.id)).findLast((e) => e.action === 'consent.sign')
  expect(line?.actor).toMatch(/^rep_/)
  const { rows } = await s.owner.query('select roles from audit.event where actor = $1 and action = $2', [line?.actor, 'consent.sign'])
  expect(rows[0].roles).toBe('representative representative-forms representative-visits')
  const { rows: stored } = await s.owner.query('select signed_by, signed_as from consent where id = $1', [signed.id])
  expect([stored[0].signed_by, stored[0].signed_as.toString('latin1').includes('Parent')]).toEqual([line?.actor, false])
})

it('never lets photos of a minor be shown in public, whoever agrees', async () => {
  const { email } = await family()
  const { web } = await signedIn(email, PARENT_BORN)
  const refused = await sign(web, 'marketing-photos', { uses: ['website'] })
  expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'minor-never-published' } })
})

it('keeps a representative to her scope, and says so', async () => {
  const { kim, email } = await family({ scopes: ['visits'] })
  const { web } = await signedIn(email, PARENT_BORN)
  expect((await web.get('/api/me/visits')).statusCode).toBe(200)
  for (const refused of [await web.get('/api/visit'), await web.get('/api/visit/form'), await web.get('/api/me/contact')])
    expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await s.trailOf(kim.id)).filter((e) => e.outcome === 'denied').map((e) => e.action)).toEqual(['intake.state', 'intake.form', 'portal.contact'])
})

it('asks a parent of several for whom she acts, and knows her as one person', async () => {
  const { kim, email } = await family()
  const sib = await child({ givenName: 'Sib' })
  const second = await propose(sib.id, { email })
  await confirmMinor(sib.id, second.json().id)
  const self = await s.patient({ givenName: 'Pat', email, birthDate: PARENT_BORN })
  expect((await s.owner.query('select count(distinct representative_id)::int as n from representation where patient_id = any ($1)', [[kim.id, sib.id]])).rows[0].n).toBe(1)
  const { web } = await signedIn(email, PARENT_BORN)
  expect((await web.get('/api/me/session')).json()).toMatchObject({ as: 'nobody', mayChoose: true })
  expect((await web.get('/api/me')).statusCode).toBe(403)
  const choices = (await web.get('/api/me/choices')).json()
  expect(choices.map((c: { name: string; as: string }) => [c.name, c.as]).toSorted()).toEqual([['Kim', 'representative'], ['Pat', 'self'], ['Sib', 'representative']])
  await web.post('/api/me/choose', { patientId: sib.id })
  expect((await web.get('/api/me')).json().calledName).toBe('Sib')
  await web.post('/api/me/choose', { patientId: self.id })
  expect((await web.get('/api/me')).json().calledName).toBe('Pat')
  expect((await web.get('/api/me/session')).json().as).toBe('self')
  expect((await s.trailOf(self.id)).at(-1)?.actor).toBe(self.id)
})

it('lets nobody in who was only proposed, has not begun, or whose time is over', async () => {
  const kim = await child()
  await propose(kim.id)
  const email = `parent${parents}@example.test`
  await ask(email)
  await s.drain()
  expect(lettersTo(email)).toEqual([])
  const later = await child()
  const { id } = (await propose(later.id, { startsOn: `${YEAR + 1}-01-01` })).json()
  await confirmMinor(later.id, id)
  const over = await family()
  await s.owner.query(`update representation set starts_on = '2020-01-01', ends_on = '2020-12-31' where id = $1`, [over.representationId])
  for (const address of [`parent${parents - 1}@example.test`, over.email]) await ask(address)
  await s.drain()
  expect([lettersTo(`parent${parents - 1}@example.test`), lettersTo(over.email)]).toEqual([[], []])
})

it('ends with the eighteenth birthday of the child, by itself', async () => {
  const { kim, email } = await family()
  const { web } = await signedIn(email, PARENT_BORN)
  expect((await web.get('/api/visit')).statusCode).toBe(200)
  await s.as(desk).patch(`/api/patients/${kim.id}`, { birthDate: `${YEAR - 19}-01-01` })
  expect((await web.get('/api/visit')).json()).toMatchObject({ status: 403, refusal: { rule: 'representation-stands' } })
  expect((await sign(web, 'treatment')).json()).toMatchObject({ status: 403, refusal: { rule: 'representation-stands' } })
  const { attempt, code } = await codeFor(email)
  expect((await enter(attempt, code, PARENT_BORN)).statusCode).toBe(422)
  const { rows } = await s.owner.query('select ends_on from representation where patient_id = $1', [kim.id])
  expect(rows[0].ends_on).toBeNull()
})

it('is ended by the practice at once, and signs her out', async () => {
  const { kim, representationId, email } = await family()
  const { web } = await signedIn(email, PARENT_BORN)
  expect((await web.get('/api/me')).statusCode).toBe(200)
  const ended = await s.as(desk).post(`/api/patients/${kim.id}/representations/${representationId}/end`)
  expect(ended.json()).toMatchObject({ state: 'ended', stands: false })
  await new Promise((resolve) => setTimeout(resolve, 3100))
  expect((await web.get('/api/me')).statusCode).toBe(401)
  expect((await s.as(desk).post(`/api/patients/${kim.id}/representations/${representationId}/end`)).statusCode).toBe(409)
})

it('has a guardian of an adult confirmed by somebody who answers for the practice, and by a second person', async () => {
  const ward = await s.patient({ email: 'ward@example.test' })
  const guardian = { name: 'Gil Guard', email: 'guard@example.test', basis: 'guardian', document: 'Court file 22-118', scopes: ['forms', 'visits', 'messages'] }
  expect((await propose(ward.id, { ...guardian, document: '' })).json().errors[0].path).toBe('document')
  const { id } = (await propose(ward.id, guardian)).json()
  const byDesk = await confirmMinor(ward.id, id)
  expect(byDesk.json()).toMatchObject({ status: 403, refusal: { rule: 'adult-needs-second-person', whoCanFix: expect.stringContaining('owner') } })
  const confirm = (by: TestPerson, which = id) => s.as(by).post(`/api/patients/${ward.id}/representations/${which}/confirm`, { note: 'Order of the court seen.' })
  expect((await confirm(desk)).json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await s.as(officer).get('/api/representations/waiting')).json()).toContainEqual(expect.objectContaining({ id, patientId: ward.id, basis: 'guardian' }))
  expect((await confirm(officer)).json()).toMatchObject({ state: 'confirmed', stands: true, name: 'Gil Guard', note: 'Order of the court seen.' })
  expect((await confirm(officer)).statusCode).toBe(409)
  const own = (await propose(ward.id, { ...guardian, email: 'own@example.test', birthDate: '1970-01-01' }, owner)).json()
  expect((await confirm(owner, own.id)).json()).toMatchObject({ status: 403, refusal: { rule: 'second-person' } })
  const { web } = await signedIn('guard@example.test', PARENT_BORN)
  const signed = (await sign(web, 'marketing-photos', { uses: ['website'] })).json()
  const copy = (await web.get(`/api/visit/consents/${signed.id}/copy`)).json()
  expect(copy.signedAs).toEqual({ name: 'Gil Guard', basis: 'guardian', authority: 'Guardian appointed by a court: Court file 22-118' })
  expect((await web.get('/api/me/contact')).json().email).toBe('w…@example.test')
  const { web: herself } = await signedIn('ward@example.test')
  expect((await herself.get('/api/me/representatives')).json()).toMatchObject([{ name: 'Gil Guard', basis: 'guardian' }])
})

it('says what is wrong with a representation, and keeps it from those whose work it is not', async () => {
  const [kim, ana] = [await child(), await s.patient()]
  const paths = async (patientId: string, more: object) => (await propose(patientId, more)).json().errors.map((e: { path: string }) => e.path)
  expect(await paths(ana.id, {})).toEqual(['basis'])
  expect(await paths(kim.id, { endsOn: '2020-01-01' })).toEqual(['endsOn'])
  expect(await paths(kim.id, { birthDate: CHILD_BORN })).toEqual(['birthDate'])
  expect(await paths(kim.id, { email: '' })).toEqual(['email'])
  expect(await paths(kim.id, { scopes: [] })).toEqual(['scopes'])
  expect((await propose('pat_00000000000000000000000000')).statusCode).toBe(404)
  expect((await propose(kim.id)).statusCode).toBe(200)
  expect((await propose(kim.id)).statusCode).toBe(409)
  expect((await propose(kim.id, {}, nurse)).json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await s.as(nurse).get(`/api/patients/${kim.id}/representations`)).statusCode).toBe(403)
  expect((await confirmMinor(kim.id, 'rpn_00000000000000000000000000')).statusCode).toBe(404)
  const listed = (await s.as(desk).get(`/api/patients/${kim.id}/representations`)).json()
  expect(listed).toMatchObject({ isMinor: true, flags: expect.arrayContaining([expect.stringContaining('RECALLED')]), representations: [{ state: 'proposed', byMe: true }] })
  expect((await s.trailOf(kim.id)).at(-1)).toMatchObject({ actor: desk.id, action: 'representation.list', outcome: 'done' })
  const elsewhere = await s.perform((await import('#modules/practices')).addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })
  const far = await child({ locationId: elsewhere.id })
  expect((await s.as(desk).get(`/api/patients/${far.id}/representations`)).statusCode).toBe(404)
})
