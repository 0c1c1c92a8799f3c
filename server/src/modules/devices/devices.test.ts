import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { action } from '#kernel/action.ts'
import { UserId } from '#kernel/id.ts'
import { operator } from '#kernel/roles.ts'
import { roleAlone } from '#kernel/policy.ts'
import { z } from 'zod'
import { endDevicesOf } from './register.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { signedText, type DevicePurpose } from './key-proof.ts'

let s: Spa
beforeAll(async () => {
  s = await spa()
})
afterAll(() => s.close())

const events = async (action: string, outcome = 'done') => (await s.trailOf()).filter((e) => e.action === action && e.outcome === outcome)
const cookiesOf = (answer: { headers: Record<string, unknown> }) => [answer.headers['set-cookie']].flat().map((c) => String(c).split(';')[0] ?? '')

/** A browser with its key, as the web app has one. */
const browser = async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const publicKey = Buffer.from(await crypto.subtle.exportKey('raw', pair.publicKey)).toString('base64url')
  const sign = async (purpose: DevicePurpose, challenge: string) =>
    Buffer.from(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, new TextEncoder().encode(signedText(purpose, challenge)))).toString('base64url')
  const signed = async (purpose: DevicePurpose, who?: { cookie: string }) => {
    const { challenge } = (await s.as(who).post(who ? '/api/device/challenge' : '/api/device/challenge/open')).json()
    return { challenge, signature: await sign(purpose, challenge) }
  }
  return { publicKey, sign, signed }
}
type Browser = Awaited<ReturnType<typeof browser>>

const PLAIN = { name: 'Front desk left', kind: 'front-desk', ownership: 'practice', shared: false }
const ask = async (at: Browser, who: TestPerson, more: object = {}) =>
  s.as(who).post('/api/devices', { ...PLAIN, locationId: s.locationId, publicKey: at.publicKey, ...(await at.signed('enrol', who)), ...more })
const enrolled = async (who: TestPerson, more: object = {}) => {
  const [at, owner] = [await browser(), await s.person(['owner'])]
  const { id, code } = (await ask(at, who, more)).json()
  expect((await s.as(owner).post(`/api/devices/${id}/approve`, { code })).statusCode).toBe(200)
  return { at, id: id as string, owner }
}
/** Binds the session and gives its cookies with the proof. */
const prove = async (at: Browser, deviceId: string, who: { cookie: string }) => {
  const answer = await s.as(who).post('/api/device/proof', { deviceId, ...(await at.signed('prove', who)) })
  return { answer, with: { cookie: [who.cookie, ...cookiesOf(answer)].join('; ') } }
}
const card = async (who: { cookie: string }) => {
  const ana = await s.patient()
  return s.as(who).get(`/api/patients/${ana.id}/card`)
}
/** What was resolved is remembered for three seconds; another proof is resolved anew. This one is nobody's. */
const unproven = (who: { cookie: string }) => ({ cookie: `${who.cookie.split(';')[0]}; nacre-proof=${crypto.randomUUID()}` })
const facts = async (id: string, as: TestPerson, said: Record<string, string>) =>
  s.as(as).post(`/api/devices/${id}/facts`, { facts: Object.entries(said).map(([fact, value]) => ({ fact, value })) })

// @proves 164.310(d)(1)
it('enrols a device that one person asks for and another approves by the code on its screen', async () => {
  const [dana, owner] = [await s.person(['front-desk'], { name: 'Dana' }), await s.person(['owner'])]
  const at = await browser()
  const asked = await ask(at, dana)
  expect(asked.json().code).toMatch(/^\d{6}$/)
  const { id, code } = asked.json()
  const [line] = (await s.as(owner).get('/api/devices')).json().filter((d: { id: string }) => d.id === id)
  expect(line).toMatchObject({ state: 'waiting', code, name: 'Front desk left', askedBy: 'Dana', posture: { state: 'unknown' } })
  expect((await s.as(owner).post(`/api/devices/${id}/approve`, { code: code === '000000' ? '000001' : '000000' })).json().errors[0]).toMatchObject({ path: 'code' })
  expect((await s.as(dana).post(`/api/devices/${id}/approve`, { code })).statusCode).toBe(403)
  expect((await prove(at, id, dana)).answer.statusCode).toBe(409)
  expect((await s.as(owner).post(`/api/devices/${id}/approve`, { code })).json()).toEqual({ approvedAlone: false })
  expect((await s.as(owner).post(`/api/devices/${id}/approve`, { code })).statusCode).toBe(409)
  expect((await s.as(owner).post(`/api/devices/dev_00000000000000000000000000/approve`, { code })).statusCode).toBe(404)
  expect(await events('device.enrol')).not.toEqual([])
  expect((await events('device.approve', 'denied')).map((e) => e.rule)).toContain('role')
  const { rows: [row] } = await s.owner.query('select name, code from device where id = $1', [id])
  expect(Buffer.isBuffer(row.name) && Buffer.isBuffer(row.code)).toBe(true)
})

it('refuses a key whose browser did not sign, a signature for something else, and a challenge used twice', async () => {
  const dana = await s.person(['front-desk'])
  const [at, other] = [await browser(), await browser()]
  expect((await ask(at, dana, { publicKey: other.publicKey })).statusCode).toBe(422)
  expect((await ask(at, dana, await at.signed('prove', dana))).statusCode).toBe(422)
  const signed = await at.signed('enrol', dana)
  expect((await ask(at, dana, signed)).statusCode).toBe(200)
  expect((await ask(at, dana, signed)).statusCode).toBe(422)
  expect((await ask(at, dana, await at.signed('enrol'))).statusCode).toBe(422)
})

it('lets nobody approve her own device, but the only administrator, whose approval is marked', async () => {
  const alone = await spa()
  const keep = s
  s = alone
  try {
    const ada = await s.person(['owner'])
    const first = (await ask(await browser(), ada)).json()
    expect((await s.as(ada).post(`/api/devices/${first.id}/approve`, { code: first.code })).json()).toEqual({ approvedAlone: true })
    // The second she approves at the first: a stolen password is not enough to bring in a device.
    const second = (await ask(await browser(), ada)).json()
    expect((await s.as(ada).post(`/api/devices/${second.id}/approve`, { code: second.code })).json().refusal.rule).toBe('enrolled-approver')
    await s.person(['compliance-officer'])
    const refusal = (await s.as(ada).post(`/api/devices/${second.id}/approve`, { code: second.code })).json().refusal
    expect(refusal).toMatchObject({ rule: 'two-people', whoCanFix: expect.stringContaining('1 other person') })
    expect((await s.trailOf()).filter((e) => e.action === 'device.approve').map((e) => e.rule)).toEqual(['', 'enrolled-approver', 'two-people'])
  } finally {
    s = keep
    await alone.close()
  }
})

// @proves 164.312(d)
it('a stolen session cookie without the device’s key opens nothing of a patient', async () => {
  const dana = await s.person(['front-desk'])
  const { at, id } = await enrolled(dana)
  expect((await card(dana)).statusCode).toBe(200)
  const proven = await prove(at, id, dana)
  expect(proven.answer.json()).toEqual({ expiresInSeconds: 120, firstTime: true })
  expect(String(proven.answer.headers['set-cookie'])).toMatch(/^nacre-proof=[\w-]{43}; .*HttpOnly; SameSite=Strict/)
  expect((await card(proven.with)).statusCode).toBe(200)
  // From here on the thief has the session cookie and nothing else.
  const stolen = await card(dana)
  expect(stolen.statusCode).toBe(403)
  expect(stolen.json().refusal).toMatchObject({ rule: 'device-proof', citation: expect.stringContaining('164.312(d)'), why: expect.any(String), whoCanFix: expect.any(String), fix: { href: '/sign-in' } })
  const thiefs = await browser()
  expect((await prove(thiefs, id, dana)).answer.statusCode).toBe(422)
  const another = await enrolled(await s.person(['front-desk']))
  expect((await prove(another.at, another.id, dana)).answer.json().refusal.rule).toBe('device-proof')
  expect((await card({ cookie: `${dana.cookie}; nacre-proof=${'A'.repeat(43)}` })).statusCode).toBe(403)
  for (const url of ['/api/patients/find', '/api/calendar/day']) expect((await s.as(dana).post(url, { q: 'ana', locationId: s.locationId, date: '2026-01-05' })).statusCode, url).not.toBe(200)
  expect((await events('patient.card', 'denied')).some((e) => e.actor === dana.id && e.rule === 'device-proof')).toBe(true)
})

it('a proof lasts two minutes, is renewed by signing anew, and renewing in the background is no use of the session', async () => {
  const dana = await s.person(['front-desk'])
  const { at, id } = await enrolled(dana)
  const first = await prove(at, id, dana)
  await s.owner.query(`update device_proof set expires_at = now() - interval '1 second' where device_id = $1`, [id])
  await new Promise((resolve) => setTimeout(resolve, 3100))
  expect((await card(first.with)).json().refusal.rule).toBe('device-proof')
  await s.owner.query(`update session set last_active_at = now() - interval '9 minutes' where user_id = $1`, [dana.id])
  const background = { 'nacre-background': '1' }
  const { challenge } = (await s.as(first.with).post('/api/device/challenge', undefined, background)).json()
  const renewed = await s.as(first.with).post('/api/device/proof', { deviceId: id, challenge, signature: await at.sign('prove', challenge) }, background)
  expect(renewed.json()).toMatchObject({ firstTime: false })
  const { rows: [{ idle }] } = await s.owner.query(`select extract(epoch from now() - last_active_at)::int as idle from session where user_id = $1`, [dana.id])
  expect(idle).toBeGreaterThan(8 * 60)
  expect((await card({ cookie: [dana.cookie, ...cookiesOf(renewed)].join('; ') })).statusCode).toBe(200)
})

it('a device that is not enrolled is warned about, limited or shut out, as the practice decides', async () => {
  const practice = await spa()
  const keep = s
  s = practice
  try {
    const [dana, owner] = [await s.person(['front-desk']), await s.person(['owner'])]
    const decide = (unenrolled: string, as: { cookie: string }) =>
      s.as(as).put('/api/device-policy', { unenrolled, unknownPosture: 'warn', personalRoles: ['owner'], alsoRequired: [], oldest: [], sharedIdleMinutes: 5 })
    expect((await s.as(dana).get('/api/device')).json()).toMatchObject({ state: 'unenrolled', policy: 'warn' })
    expect((await card(dana)).statusCode).toBe(200)
    expect((await decide('limit', owner)).json().refusal.rule).toBe('own-device-first')
    expect((await decide('limit', dana)).json().refusal.rule).toBe('role')
    const helper = await s.person(['compliance-officer'])
    const at = await browser()
    const asked = (await ask(at, owner)).json()
    await s.as(helper).post(`/api/devices/${asked.id}/approve`, { code: asked.code })
    const boss = (await prove(at, asked.id, owner)).with
    expect((await decide('limit', boss)).statusCode).toBe(200)
    const limited = await card(unproven(dana))
    expect(limited.json().refusal).toMatchObject({ rule: 'device-enrolled', citation: expect.stringContaining('164.310(b)'), fix: { label: 'Enrol this device', href: '/devices/enrol' } })
    expect((await s.as(unproven(dana)).get('/api/users')).statusCode).toBe(200)
    expect((await card(boss)).statusCode).toBe(200)
    expect((await decide('block', boss)).statusCode).toBe(200)
    expect((await s.as(unproven(dana)).get('/api/users')).json().refusal.rule).toBe('device-enrolled')
    // The way out stays open: the own session and the enrolment.
    expect((await s.as(dana).get('/api/session')).statusCode).toBe(200)
    expect((await s.as(dana).get('/api/device')).json()).toMatchObject({ policy: 'block' })
    expect((await ask(await browser(), dana)).statusCode).toBe(200)
    expect((await s.as(dana).delete('/api/session')).statusCode).toBe(200)
    const lax = { unenrolled: 'block', unknownPosture: 'warn', personalRoles: ['nobody-has'], alsoRequired: ['laptop:colour'], oldest: ['windows 6.1'], sharedIdleMinutes: 5 }
    expect((await s.as(boss).put('/api/device-policy', lax)).json().errors.map((e: { path: string }) => e.path)).toEqual(['oldest.0', 'alsoRequired.0', 'personalRoles.0'])
  } finally {
    s = keep
    await practice.close()
  }
})

// @proves 164.312(a)(2)(iii)
it('a shared device locks after five idle minutes, another after the practice’s fifteen', async () => {
  const [dana, eve] = [await s.person(['front-desk']), await s.person(['front-desk'])]
  const shared = await enrolled(dana, { shared: true })
  const own = await enrolled(eve)
  const [atShared, atOwn] = [(await prove(shared.at, shared.id, dana)).with, (await prove(own.at, own.id, eve)).with]
  expect((await s.as(atShared).get('/api/session')).json().practice.idleMinutes).toBe(5)
  expect((await s.as(atOwn).get('/api/session')).json().practice.idleMinutes).toBe(15)
  await s.owner.query(`update session set last_active_at = now() - interval '6 minutes' where user_id = any ($1)`, [[dana.id, eve.id]])
  expect((await card(unproven(atShared))).statusCode).toBe(401)
  expect((await s.as(unproven(atShared)).get('/api/session')).json()).toMatchObject({ locked: true })
  expect((await card(atOwn)).statusCode).toBe(200)
})

const shareDevice = async () => {
  const [dana, noor] = [await s.person(['front-desk'], { name: 'Dana' }), await s.person(['provider'], { name: 'Noor' })]
  const { at, id, owner } = await enrolled(dana, { shared: true, kind: 'treatment-room' })
  for (const [who, pin] of [[dana, '418306'], [noor, '730529']] as const) {
    const here = (await prove(at, id, who)).with
    expect((await s.as(here).put('/api/device/pin', { pin })).statusCode).toBe(200)
  }
  return { dana, noor, at, id, owner }
}
const switchTo = async (at: Browser, deviceId: string, userId: string, pin: string) =>
  s.as().post('/api/device/switch', { deviceId, userId, pin, ...(await at.signed(`switch:${userId}`)) })

// @proves 164.312(a)(2)(i)
it('changes to another person at a shared device by her own PIN: her own session, and the one before is over', async () => {
  const { dana, noor, at, id } = await shareDevice()
  const tiles = await s.as().post('/api/device/people', { deviceId: id, ...(await at.signed('people')) })
  expect(tiles.json()).toMatchObject({ device: 'Front desk left', people: [{ userId: dana.id, name: 'Dana', role: 'Front desk' }, { userId: noor.id, name: 'Noor' }] })
  const before = (await prove(at, id, dana)).with
  expect((await card(before)).statusCode).toBe(200)
  const changed = await switchTo(at, id, noor.id, '730529')
  expect(changed.statusCode).toBe(200)
  expect(changed.json()).toMatchObject({ user: { id: noor.id }, practice: { idleMinutes: 5 }, locked: false })
  expect(changed.json()).not.toHaveProperty('token')
  expect(changed.json()).not.toHaveProperty('proof')
  const hers = { cookie: cookiesOf(changed).join('; ') }
  expect((await s.as(hers).get('/api/session')).json()).toMatchObject({ user: { id: noor.id } })
  expect((await card(hers)).statusCode).toBe(200)
  expect((await card(unproven(before))).statusCode).toBe(401)
  // Dangerous steps still ask for password and second factor.
  await s.owner.query(`update device_pin set proven_at = now() - interval '1 hour' where device_id = $1`, [id])
  const again = { cookie: cookiesOf(await switchTo(at, id, noor.id, '730529')).join('; ') }
  expect((await s.as(again).put('/api/device/pin', { pin: '264971' })).json().refusal.rule).toBe('step-up')
})

it('a PIN opens nothing without its device, for nobody else, and not after five wrong tries until a full sign-in', async () => {
  const { dana, noor, at, id } = await shareDevice()
  const elsewhere = await browser()
  expect((await switchTo(elsewhere, id, noor.id, '730529')).statusCode).toBe(401)
  expect((await switchTo(at, id, noor.id, '418306')).statusCode).toBe(422)
  const stranger = await s.person(['front-desk'])
  expect((await switchTo(at, id, stranger.id, '418306')).statusCode).toBe(401)
  const forOther = await s.as().post('/api/device/switch', { deviceId: id, userId: noor.id, pin: '730529', ...(await at.signed(`switch:${dana.id}`)) })
  expect(forOther.statusCode).toBe(401)
  const guesses = await Promise.all(Array.from({ length: 7 }, () => switchTo(at, id, noor.id, '000111')))
  expect(guesses.map((g) => g.statusCode).toSorted((a, b) => a - b)).toEqual([401, 401, 401, 422, 422, 422, 422])
  const right = await switchTo(at, id, noor.id, '730529')
  expect(right.json().detail).toContain('password and second factor')
  expect((await s.as().post('/api/device/people', { deviceId: id, ...(await at.signed('people')) })).json().people.map((p: { name: string }) => p.name)).toEqual(['Dana'])
  const anew = { cookie: `nacre=${await s.sessionFor(noor.id)}` }
  expect((await prove(at, id, anew)).answer.statusCode).toBe(200)
  expect((await switchTo(at, id, noor.id, '730529')).statusCode).toBe(200)
  expect((await events('device.switch-person', 'failed')).length).toBeGreaterThan(3)
})

it('takes no PIN that is easily guessed, none elsewhere than at the device, and shows no PIN to anybody', async () => {
  const dana = await s.person(['front-desk'])
  const { at, id } = await enrolled(dana, { shared: true })
  expect((await s.as(dana).put('/api/device/pin', { pin: '418306' })).json().refusal.rule).toBe('at-device')
  const here = (await prove(at, id, dana)).with
  for (const pin of ['123456', '111222', '121212', '198430', '987654', '12345'])
    expect((await s.as(here).put('/api/device/pin', { pin })).json().errors[0].path, pin).toBe('pin')
  expect((await s.as(here).put('/api/device/pin', { pin: '418306' })).statusCode).toBe(200)
  // With the cookie alone nobody sets one.
  expect((await s.as(dana).put('/api/device/pin', { pin: '507319' })).json().refusal.rule).toBe('at-device')
  const { rows: [row] } = await s.owner.query('select hash from device_pin where device_id = $1', [id])
  expect(Buffer.isBuffer(row.hash)).toBe(true)
  expect((await s.as(here).delete('/api/device/pin')).statusCode).toBe(200)
  expect((await switchTo(at, id, dana.id, '418306')).statusCode).toBe(401)
})

it('one tap on a lost device ends its sessions, its PINs and its key, and opens an incident', async () => {
  const { noor, at, id, dana, owner } = await shareDevice()
  const here = (await prove(at, id, noor)).with
  expect((await card(here)).statusCode).toBe(200)
  expect((await s.as(await s.person(['front-desk'])).post(`/api/devices/${id}/lose`, { how: 'stolen' })).statusCode).toBe(403)
  const told = await s.as(dana).post(`/api/devices/${id}/lose`, { how: 'stolen', note: 'Left in a cab' })
  expect(told.json()).toMatchObject({ sessions: 2, pins: 2 })
  expect((await card(unproven(here))).statusCode).toBe(401)
  expect((await switchTo(at, id, noor.id, '730529')).statusCode).toBe(401)
  const anew = { cookie: `nacre=${await s.sessionFor(noor.id)}` }
  expect((await prove(at, id, anew)).answer.json().refusal.rule).toBe('device-ended')
  const [draft] = (await s.as(owner).get('/api/incident-drafts')).json()
  expect(draft).toMatchObject({ what: 'device-stolen', deviceId: id, state: 'draft', note: 'Left in a cab', device: 'Front desk left', who: 'Dana' })
  const other = await s.person(['front-desk'])
  expect((await s.as(other).get('/api/incident-drafts')).statusCode).toBe(403)
  expect((await s.as(owner).post(`/api/devices/${id}/lose`, { how: 'lost' })).statusCode).toBe(409)
})

it('a personal device is for roles that may, with the agreement signed in its present version', async () => {
  const [dana, owner] = [await s.person(['front-desk']), await s.person(['owner'])]
  const own = { ownership: 'personal', kind: 'phone' }
  const { agreement } = (await s.as(dana).get('/api/device')).json()
  expect(agreement.text.join(' ')).toContain('photos')
  expect((await ask(await browser(), dana, own)).json().errors[0]).toMatchObject({ path: 'agreementVersion' })
  const hers = await enrolled(dana, { ...own, agreementVersion: agreement.version })
  expect((await card((await prove(hers.at, hers.id, dana)).with)).json().refusal).toMatchObject({ rule: 'device-personal', whoCanFix: expect.stringContaining('owner') })
  const bosss = await enrolled(owner, { ...own, agreementVersion: agreement.version })
  const boss = (await prove(bosss.at, bosss.id, owner)).with
  expect((await card(boss)).statusCode).toBe(200)
  await s.owner.query(`update device set agreement_version = 'older' where id = $1`, [bosss.id])
  const again = async () => (await prove(bosss.at, bosss.id, owner)).with
  expect((await card(await again())).json().refusal.rule).toBe('device-agreement')
  expect((await s.as(boss).post('/api/device/agreement', { agreementVersion: agreement.version })).statusCode).toBe(200)
  expect((await card(await again())).statusCode).toBe(200)
})

// @proves 164.310(c)
it('a device that fails what its kind must be opens no patient until it is fixed; what nobody reported is unknown, not good', async () => {
  const dana = await s.person(['front-desk'])
  const { at, id, owner } = await enrolled(dana)
  const here = (await prove(at, id, dana)).with
  const posture = async () => (await s.as(here).get('/api/device')).json().device.posture
  expect(await posture()).toMatchObject({ state: 'unknown', lines: expect.arrayContaining([expect.objectContaining({ fact: 'disk-encryption', state: 'unknown', says: expect.stringContaining('Unknown') })]) })
  expect((await card(here)).statusCode).toBe(200)
  expect((await facts(id, owner, { 'disk-encryption': 'off', 'screen-lock': 'on', protection: 'running', 'os-version': 'windows 10.0.26100' })).statusCode).toBe(200)
  const failing = await card((await prove(at, id, dana)).with)
  expect(failing.json().refusal).toMatchObject({ rule: 'device-posture', why: expect.stringContaining('disk encryption'), fix: { href: '/devices/fix' }, citation: expect.stringContaining('164.310(c)') })
  const [disk] = (await posture()).lines.filter((l: { fact: string }) => l.fact === 'disk-encryption')
  expect(disk).toMatchObject({ state: 'bad', source: 'seen', steps: [expect.stringContaining('Settings'), expect.any(String)] })
  await facts(id, owner, { 'disk-encryption': 'on' })
  expect((await card((await prove(at, id, dana)).with)).statusCode).toBe(200)
  expect((await posture()).state).toBe('good')
  await s.owner.query(`update device_fact set at = now() - interval '91 days' where device_id = $1`, [id])
  expect((await posture()).lines[0]).toMatchObject({ state: 'stale' })
  expect((await facts(id, owner, { 'disk-encryption': 'perhaps' })).json().errors[0].path).toBe('facts.0.value')
  expect((await facts(id, dana, { 'disk-encryption': 'on' })).statusCode).toBe(403)
  // A browser says what it is, and is believed about nothing else.
  expect((await s.as(here).post('/api/device/browser', { platform: 'Windows', browser: 'Chrome 142', touch: 'no', 'disk-encryption': 'on' })).statusCode).toBe(200)
  expect((await posture()).lines[0]).toMatchObject({ state: 'stale' })
})

const node = (url: string, body: object) => s.as().post(`/api/osquery/${url}`, body)
const enrollNode = (enroll_secret: string, host: string, serial: string) =>
  node('enroll', {
    enroll_secret, host_identifier: host, platform_type: '16',
    host_details: {
      os_version: { _id: '0', major: '15', minor: '3', name: 'macOS', patch: '1', platform: 'darwin', platform_like: 'darwin', version: '15.3.1', build: '24D70' },
      osquery_info: { build_platform: 'darwin', version: '5.15.0', watcher: '411' },
      system_info: { computer_name: 'desk', hardware_model: 'MacBookAir10,1', hardware_serial: serial, uuid: host },
      platform_info: { vendor: 'Apple Inc.' },
    },
  })

it('takes the word of osquery agents: enrolled by the practice’s secret, found by serial number, asked at once after a fix', async () => {
  const dana = await s.person(['front-desk'])
  const { at, id, owner } = await enrolled(dana, { name: 'Desk Mac' })
  await s.as(owner).patch(`/api/devices/${id}`, { serial: 'c02abc123xyz' })
  const made = (await s.as(owner).post('/api/device-sources', { kind: 'osquery', name: 'Our computers' })).json()
  const { rows: [stored] } = await s.owner.query('select enroll_secret from device_source where id = $1', [made.id])
  expect(stored.enroll_secret.toString()).not.toContain(made.secret)

  expect((await enrollNode('a wrong secret', 'host-1', 'C02ABC123XYZ')).json()).toEqual({ node_invalid: true })
  const { node_key, node_invalid } = (await enrollNode(made.secret, 'host-1', 'C02ABC123XYZ')).json()
  expect(node_invalid).toBe(false)
  const config = (await node('config', { node_key })).json()
  expect(config).toMatchObject({ node_invalid: false, schedule: { nacre_disk_darwin: { query: expect.stringContaining('disk_encryption'), interval: 3600, snapshot: true } } })
  expect(config.schedule).not.toHaveProperty('nacre_disk_windows')
  for (const url of ['config', 'distributed/read', 'distributed/write', 'log']) expect((await node(url, { node_key: 'not a key' })).json(), url).toEqual({ node_invalid: true })

  const asked = (await node('distributed/read', { node_key })).json()
  expect(Object.keys(asked.queries).toSorted()).toEqual(['nacre_disk_darwin', 'nacre_lock_darwin', 'nacre_os', 'nacre_protection', 'nacre_system'])
  const answers = { node_key, queries: { nacre_disk_darwin: [{ encrypted: '0' }], nacre_lock_darwin: [{ enabled: '1', grace_period: '0' }], nacre_protection: '', nacre_os: [] }, statuses: { nacre_disk_darwin: 0, nacre_lock_darwin: '0', nacre_protection: 2, nacre_os: 1 } }
  expect((await node('distributed/write', answers)).json()).toEqual({ node_invalid: false })
  const here = (await prove(at, id, dana)).with
  const lines = async () => Object.fromEntries((await s.as(here).get('/api/device')).json().device.posture.lines.map((l: { fact: string; state: string }) => [l.fact, l.state]))
  // A query that failed on the host says nothing: protection stays unknown.
  expect(await lines()).toEqual({ 'disk-encryption': 'bad', 'screen-lock': 'good', 'os-version': 'good', protection: 'unknown' })
  expect((await card(here)).json().refusal.rule).toBe('device-posture')

  expect((await node('distributed/read', { node_key })).json()).toEqual({ queries: {}, node_invalid: false })
  expect((await s.as(here).post('/api/device/check')).json()).toEqual({ asked: true })
  expect(Object.keys((await node('distributed/read', { node_key })).json().queries)).toHaveLength(5)
  const log = {
    node_key, log_type: 'result', data: [
      { name: 'nacre_disk_darwin', hostIdentifier: 'host-1', calendarTime: 'Sun Nov 22 10:00:00 2026 UTC', unixTime: Math.floor(Date.now() / 1000), epoch: 0, counter: 0, numerics: false, action: 'snapshot', snapshot: [{ encrypted: '1' }] },
      { name: 'nacre_protection', hostIdentifier: 'host-1', unixTime: String(Math.floor(Date.now() / 1000)), action: 'added', columns: { name: 'falcond' } },
      { name: 'somebody_elses_query', action: 'added', columns: { secret: 'of no interest' } }, 'nonsense',
    ],
  }
  const zipped = await s.server.inject({ method: 'POST', url: '/api/osquery/log', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, payload: gzipSync(JSON.stringify(log)) })
  expect(zipped.json()).toEqual({ node_invalid: false })
  expect(await lines()).toEqual({ 'disk-encryption': 'good', 'screen-lock': 'good', 'os-version': 'good', protection: 'good' })
  expect((await card((await prove(at, id, dana)).with)).statusCode).toBe(200)
  expect((await node('log', { node_key, log_type: 'status', data: [{ line: '1', message: 'hello', severity: '0' }] })).json()).toEqual({ node_invalid: false })

  // Enrolling anew gives a new key, and the old one opens nothing more; so does disconnecting.
  const again = (await enrollNode(made.secret, 'host-1', 'C02ABC123XYZ')).json()
  expect((await node('config', { node_key })).json()).toEqual({ node_invalid: true })
  expect((await s.as(owner).delete(`/api/device-sources/${made.id}`)).json()).toEqual({ agents: 1 })
  expect((await node('config', { node_key: again.node_key })).json()).toEqual({ node_invalid: true })
  expect((await enrollNode(made.secret, 'host-2', 'X')).json()).toEqual({ node_invalid: true })
})

it('an agent that names no device is shown and linked by hand; a secret made for one device links by itself', async () => {
  const dana = await s.person(['front-desk'])
  const { id, owner } = await enrolled(dana)
  const made = (await s.as(owner).post('/api/device-sources', { kind: 'osquery', name: 'All' })).json()
  await enrollNode(made.secret, 'host-7', '0000000')
  const [found] = (await s.as(owner).get('/api/device-sources')).json().nodes.filter((n: { host: string }) => n.host === 'host-7')
  expect(found).not.toHaveProperty('deviceId')
  expect((await s.as(owner).post(`/api/device-agents/${found.id}/link`, { deviceId: 'dev_00000000000000000000000000' })).statusCode).toBe(404)
  expect((await s.as(owner).post(`/api/device-agents/${found.id}/link`, { deviceId: id })).statusCode).toBe(200)
  const other = await enrolled(dana)
  const own = (await s.as(owner).post('/api/device-sources', { kind: 'osquery', name: 'That one', deviceId: other.id })).json()
  await enrollNode(own.secret, 'host-8', '0000000')
  const nodes = (await s.as(owner).get('/api/device-sources')).json().nodes
  expect(nodes.map((n: { host: string; deviceId: string }) => [n.host, n.deviceId])).toEqual(expect.arrayContaining([['host-7', id], ['host-8', other.id]]))
})

it('a compressed bomb is refused before it is large', async () => {
  const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20))
  const answer = await s.server.inject({ method: 'POST', url: '/api/osquery/log', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, payload: bomb })
  expect(answer.statusCode).toBe(413)
})

const MAPPING = {
  serial: 'Serial', reportedAt: 'Last check-in',
  facts: [
    { fact: 'disk-encryption', column: 'FileVault', good: ['Enabled'], bad: ['Disabled'] },
    { fact: 'os-version', column: 'OS', good: [], bad: [] },
  ],
}

it('takes a console’s list by a mapping: first shown, then taken, only for devices it knows', async () => {
  const dana = await s.person(['front-desk'])
  const { id, owner } = await enrolled(dana, { name: 'Room 2' })
  await s.as(owner).patch(`/api/devices/${id}`, { serial: 'SER-0001' })
  const csv = 'Serial;FileVault;OS;Last check-in\nser-0001;enabled;iPadOS 18.2 (22C152);2026-11-20T10:00:00Z\nSER-9999;Disabled;macOS 12.1;\n'
  const columns = (await s.as(owner).post('/api/device-import/preview', { csv })).json()
  expect(columns.columns.map((c: { name: string }) => c.name)).toEqual(['Serial', 'FileVault', 'OS', 'Last check-in'])
  const preview = (await s.as(owner).post('/api/device-import/preview', { csv, mapping: MAPPING })).json()
  expect(preview).toMatchObject({ total: 2, matched: 1, lines: [{ device: 'Room 2', facts: [{ name: 'disk-encryption', value: 'on' }, { name: 'os-version', value: 'ipados 18.2' }] }, { serial: 'SER-9999' }] })
  const stored = async () => (await s.owner.query('select name, value, source from device_fact where device_id = $1 order by name', [id])).rows
  expect(await stored()).toEqual([])
  expect((await s.as(owner).post('/api/device-import', { csv, mapping: MAPPING })).json()).toEqual({ lines: 2, matched: 1, unread: 0 })
  expect(await stored()).toEqual([{ name: 'disk-encryption', value: 'on', source: 'csv' }, { name: 'os-version', value: 'ipados 18.2', source: 'csv' }])
  expect((await s.as(owner).post('/api/device-import', { csv: '"broken', mapping: MAPPING })).statusCode).toBe(422)
  expect((await s.as(dana).post('/api/device-import', { csv, mapping: MAPPING })).statusCode).toBe(403)
})

it('takes a console’s signed report once and within five minutes, and nothing unsigned', async () => {
  const dana = await s.person(['front-desk'])
  const { id, owner } = await enrolled(dana)
  await s.as(owner).patch(`/api/devices/${id}`, { serial: 'HOOK-001' })
  const made = (await s.as(owner).post('/api/device-sources', { kind: 'webhook', name: 'Console', mapping: MAPPING })).json()
  const startedAt = Math.floor(Date.now() / 1000)
  const send = (secondsAgo: number, secret: string, body = JSON.stringify({ devices: [{ Serial: 'hook-001', FileVault: 'Disabled', OS: 'macOS 26.1' }] }), sent = body) => {
    const timestamp = String(startedAt - secondsAgo)
    const signature = `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
    return s.server.inject({ method: 'POST', url: `/api/device-reports/${made.id}`, headers: { 'content-type': 'application/json', 'nacre-timestamp': timestamp, 'nacre-signature': signature }, payload: sent })
  }
  expect((await send(0, made.secret)).json()).toEqual({ lines: 1, matched: 1, unread: 0 })
  expect((await send(0, made.secret)).statusCode).toBe(409)
  expect((await send(600, made.secret)).statusCode).toBe(401)
  expect((await send(-600, made.secret)).statusCode).toBe(401)
  expect((await send(1, 'another secret')).statusCode).toBe(401)
  expect((await send(2, made.secret, '{"devices":[]}', '{"devices":[{"Serial":"hook-001","FileVault":"Enabled"}]}')).statusCode).toBe(401)
  expect((await send(3, made.secret, 'not json')).statusCode).toBe(422)
  const { rows } = await s.owner.query('select name, value from device_fact where device_id = $1 order by name', [id])
  expect(rows).toEqual([{ name: 'disk-encryption', value: 'off' }, { name: 'os-version', value: 'macos 26.1' }])
  expect((await events('device.report', 'failed')).length).toBeGreaterThanOrEqual(5)
})

it('retires a device with a record of how what was on it was removed, and the posture page counts it all', async () => {
  const dana = await s.person(['front-desk'])
  const { at, id, owner } = await enrolled(dana)
  const here = (await prove(at, id, dana)).with
  expect((await s.as(owner).post(`/api/devices/${id}/retire`, { disposal: 'burnt' })).statusCode).toBe(422)
  expect((await s.as(owner).post(`/api/devices/${id}/retire`, { disposal: 'cleared' })).json()).toMatchObject({ sessions: 1 })
  expect((await card(unproven(here))).statusCode).toBe(401)
  const posture = (await s.as(owner).get('/api/posture')).json()
  const named = JSON.stringify(posture)
  for (const words of ['Patients’ records are opened on enrolled devices', 'encrypted, locked, up to date', 'an owner, a place and an end', 'Shared screens lock sooner']) expect(named).toContain(words)
})

const leave = action({
  name: 'test.leave', does: 'end the devices of a person in a test', purpose: 'operations', phi: 'none', patient: () => '-', allow: roleAlone,
  input: z.object({ userId: UserId }), output: z.object({ pins: z.int(), devices: z.int() }), run: (tx, { userId }) => endDevicesOf(tx, userId),
})
it('ends, when a person leaves, her PINs and her own devices, and nobody else’s', async () => {
  const { dana, noor, at, id } = await shareDevice()
  const { agreement } = (await s.as(noor).get('/api/device')).json()
  const hers = await enrolled(noor, { ownership: 'personal', kind: 'phone', agreementVersion: agreement.version })
  expect(await s.perform(leave, operator(s.practiceId, 'test', ['test.leave']), { userId: noor.id })).toEqual({ pins: 1, devices: 1 })
  expect((await prove(hers.at, hers.id, noor)).answer.json().refusal.rule).toBe('device-ended')
  expect((await switchTo(at, id, noor.id, '730529')).statusCode).toBe(401)
  expect((await switchTo(at, id, dana.id, '418306')).statusCode).toBe(200)
})
