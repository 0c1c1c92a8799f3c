import { generate } from 'otplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
beforeAll(async () => {
  s = await spa()
})
afterAll(() => s.close())

const SAFARI = 'Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1'
const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36'
const signIn = async (who: TestPerson, more: { agent?: string; cookie?: string; from?: string; code?: string; password?: string; email?: string } = {}) => {
  const { agent = SAFARI, cookie = '', from = '203.0.113.7' } = more
  // A code works once: the last step that was used is set back, as if half a minute had passed.
  await s.owner.query('update app_user set totp_used_step = 0 where id = $1', [who.id])
  // Where it comes from is the platform's to say, whatever is sent under that name.
  const origin = { network: '192.0.2.66', agent: 'forged', site: 'https://forged.example', mark: 'forged' }
  const body = { origin, email: more.email ?? who.email, password: more.password ?? who.password, code: more.code ?? (await generate({ secret: who.totpSecret })) }
  return s.as({ cookie }).post('/api/session', body, { 'user-agent': agent, 'x-forwarded-for': from })
}
const setCookies = (answer: { headers: Record<string, unknown> }) => [answer.headers['set-cookie']].flat().map((c) => String(c).split(';')[0] ?? '')
const sessionOf = (answer: { headers: Record<string, unknown> }) => ({ cookie: setCookies(answer).find((c) => c.startsWith('nacre=')) ?? '' })
const browserOf = (answer: { headers: Record<string, unknown> }) => setCookies(answer).find((c) => c.startsWith('nacre-browser=')) ?? ''
const events = async (action: string) => (await s.trailOf()).filter((e) => e.action === action)
const mails = async () => {
  await s.drain()
  return (await s.owner.query<{ template: string }>('select template from outbox_message order by created_at')).rows.map((m) => m.template)
}

it('shows where a person is signed in, by device and place, and ends one session or all others at once', async () => {
  const dana = await s.person(['front-desk'])
  const [pad, desk] = [sessionOf(await signIn(dana)), sessionOf(await signIn(dana, { agent: CHROME, from: '198.51.100.4' }))]
  const list = (await s.as(pad).get('/api/account/sessions')).json()
  expect(list).toHaveLength(3)
  expect(list.find((l: { isThis: boolean }) => l.isThis)).toMatchObject({ device: 'Safari on iPad', network: '203.0.113.7', beganWith: 'password and code' })
  const other = list.find((l: { device?: string }) => l.device === 'Chrome on Windows')
  expect(other).toMatchObject({ network: '198.51.100.4', isThis: false })
  expect((await s.as(desk).get('/api/users')).statusCode).toBe(200)
  expect((await s.as(pad).delete(`/api/account/sessions/${other.id}`)).statusCode).toBe(200)
  expect((await s.as(desk).get('/api/users')).statusCode).toBe(401)
  expect((await s.as(pad).delete(`/api/account/sessions/${other.id}`)).statusCode).toBe(404)
  expect((await s.as(pad).delete('/api/account/sessions')).json()).toEqual({ ended: 1 })
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(401)
  expect((await s.as(pad).get('/api/users')).statusCode).toBe(200)
})

it('keeps device and place of a session sealed', async () => {
  const dana = await s.person(['front-desk'])
  await signIn(dana)
  const { rows } = await s.owner.query('select device, network from session where user_id = $1 and device is not null', [dana.id])
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows.map((r) => [r.device.toString('latin1'), r.network.toString('latin1')]))).not.toMatch(/iPad|203\.0/)
})

it('lets nobody end a session of somebody else, but the owner all of a person’s', async () => {
  const [dana, eve, owner] = [await s.person(['front-desk']), await s.person(['front-desk']), await s.person(['owner'])]
  const [{ id }] = (await s.as(dana).get('/api/account/sessions')).json()
  expect((await s.as(eve).delete(`/api/account/sessions/${id}`)).statusCode).toBe(404)
  const refused = await s.as(eve).post(`/api/users/${dana.id}/end-sessions`)
  expect(refused.statusCode).toBe(403)
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(200)
  expect((await s.as(owner).post(`/api/users/${dana.id}/end-sessions`)).json()).toEqual({ ended: 1 })
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(401)
  expect((await s.as(owner).post('/api/users/usr_00000000000000000000000000/end-sessions')).statusCode).toBe(404)
  expect((await events('session.end-of-other')).map((e) => [e.actor, e.outcome])).toEqual([[eve.id, 'denied'], [owner.id, 'done'], [owner.id, 'failed']])
})

it('ends all other sessions when the password changes, and only the new one opens the door', async () => {
  const dana = await s.person(['front-desk'])
  const pad = sessionOf(await signIn(dana))
  const password = 'quartz-onion-violet-harbour'
  expect((await s.as(dana).put('/api/account/password', { password })).json()).toEqual({ ended: 1 })
  expect((await s.as(pad).get('/api/users')).statusCode).toBe(401)
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(200)
  expect((await signIn(dana)).statusCode).toBe(401)
  expect((await signIn({ ...dana, password })).statusCode).toBe(200)
  expect((await s.as(dana).get('/api/account')).json()).toMatchObject({ passwordChangedAt: expect.any(String), recoveryCodesLeft: 10 })
})

// @proves 164.308(a)(5)(ii)(D)
it('takes a long password without rules of composition, and refuses short, breached and present ones', async () => {
  const dana = await s.person(['front-desk'])
  const change = (password: string) => s.as(dana).put('/api/account/password', { password })
  for (const [password, why] of [['short-one', /12 characters/], ['unbelievable', /stolen passwords/], ['aaaaaaaaaaaaaaaa', /./], [dana.password, /have now/], ['x'.repeat(201), /./]] as const) {
    const refused = await change(password)
    expect(refused.statusCode, password).toBe(422)
    expect(refused.json().errors[0], password).toMatchObject({ path: 'password', message: expect.stringMatching(why) })
  }
  expect((await change('lamp river sofa eleven moon')).statusCode).toBe(200)
})

it('changes what signs a person in only for somebody who has just shown that it is she', async () => {
  const dana = await s.person(['front-desk'])
  await s.owner.query(`update session set proven_at = now() - interval '11 minutes' where user_id = $1`, [dana.id])
  const as = s.as(dana)
  const answers = [await as.put('/api/account/password', { password: 'lamp river sofa eleven moon' }), await as.post('/api/account/authenticator'), await as.put('/api/account/authenticator', { code: '123456' }), await as.post('/api/account/recovery-codes')]
  expect(answers.map((a) => [a.statusCode, a.json().refusal?.rule])).toEqual(Array(4).fill([403, 'step-up']))
  expect((await events('password.change')).filter((e) => e.actor === dana.id)).toMatchObject([{ outcome: 'denied', rule: 'step-up' }])
})

it('changes the authenticator once the new one has shown its code; until then the old one works', async () => {
  const dana = await s.person(['front-desk'])
  expect((await s.as(dana).put('/api/account/authenticator', { code: '123456' })).statusCode).toBe(409)
  const { secret, uri } = (await s.as(dana).post('/api/account/authenticator')).json()
  expect(uri).toContain(`secret=${secret}`)
  expect((await s.as(dana).put('/api/account/authenticator', { code: '000000' })).json().errors[0]).toMatchObject({ path: 'code' })
  expect((await signIn(dana)).statusCode).toBe(200)
  expect((await s.as(dana).put('/api/account/authenticator', { code: await generate({ secret }) })).statusCode).toBe(200)
  expect((await signIn(dana)).statusCode).toBe(401)
  expect((await signIn({ ...dana, totpSecret: secret })).statusCode).toBe(200)
})

it('gives ten new recovery codes; the old ones stop, each works once, also when used twice at the same moment', async () => {
  const dana = await s.person(['front-desk'])
  const renew = async () => (await s.as(dana).post('/api/account/recovery-codes')).json().recoveryCodes as string[]
  const [old, codes] = [await renew(), await renew()]
  expect(codes).toHaveLength(10)
  expect((await signIn(dana, { code: old[0] ?? '' })).statusCode).toBe(401)
  const raced = await Promise.all([signIn(dana, { code: codes[0] ?? '' }), signIn(dana, { code: codes[0] ?? '' })])
  expect(raced.map((r) => r.statusCode).toSorted((a, b) => a - b)).toEqual([200, 401])
  expect((await s.as(dana).get('/api/account')).json()).toMatchObject({ recoveryCodesLeft: 9 })
})

it('tells a person of a sign-in on a new device by e-mail and at her other devices, not of one she used before', async () => {
  const dana = await s.person(['front-desk'])
  const first = await signIn(dana)
  const before = await mails()
  await signIn(dana, { cookie: browserOf(first) })
  expect(await mails()).toEqual(before)
  const stranger = await signIn(dana, { agent: CHROME, from: '198.51.100.4' })
  expect(await mails()).toEqual([...before, 'sign-in-new-device'])
  const pad = sessionOf(await signIn(dana, { cookie: browserOf(first) }))
  const [notice] = (await s.as(pad).get('/api/account/notices')).json()
  expect(notice).toMatchObject({ kind: 'new-device', device: 'Chrome on Windows', network: '198.51.100.4' })
  // Whoever sits at the new device is not asked, and cannot answer.
  expect((await s.as(sessionOf(stranger)).get('/api/account/notices')).json()).toEqual([])
  expect((await s.as(sessionOf(stranger)).post(`/api/account/notices/${notice.id}/dismiss`)).statusCode).toBe(404)
  const newer = await signIn(dana, { agent: CHROME, from: '198.51.100.4' })
  expect((await s.as(sessionOf(newer)).post(`/api/account/notices/${notice.id}/dismiss`)).statusCode).toBe(404)
  const eve = await s.person(['front-desk'])
  expect((await s.as(eve).post(`/api/account/notices/${notice.id}/dismiss`)).statusCode).toBe(404)
  expect((await s.as(pad).post(`/api/account/notices/${notice.id}/dismiss`)).statusCode).toBe(200)
  expect((await s.as(pad).post(`/api/account/notices/${notice.id}/dismiss`)).statusCode).toBe(409)
})

it('writes nothing of patients, treatments or places into that e-mail', async () => {
  const dana = await s.person(['front-desk'])
  await signIn(dana)
  await signIn(dana, { agent: CHROME })
  await s.drain()
  const owner = await s.person(['owner'])
  const { messages } = (await s.as(owner).get('/api/outbox')).json()
  const { id } = messages.find((m: { template: string }) => m.template === 'sign-in-new-device')
  const { subject, body, recipient } = (await s.as(owner).get(`/api/outbox/${id}`)).json()
  expect(recipient).toMatch(/@example\.test$/)
  expect(subject).toBe('New sign-in to your account')
  expect(body).toContain('Chrome on Windows')
  expect(body).not.toMatch(/203\.0\.113|Botox|laser/i)
})

// @proves 164.308(a)(6)(ii)
it('ends everything and locks the account when a person says that a sign-in was not hers, and tells the owner', async () => {
  const [dana, owner] = [await s.person(['front-desk'], { name: 'Dana Desk' }), await s.person(['owner'])]
  const pad = sessionOf(await signIn(dana))
  const thief = sessionOf(await signIn(dana, { agent: CHROME, from: '198.51.100.4' }))
  const [notice] = (await s.as(pad).get('/api/account/notices')).json()
  expect((await s.as(pad).post(`/api/account/notices/${notice.id}/not-me`)).json()).toEqual({ locked: true })
  for (const who of [pad, thief, dana]) expect((await s.as(who).get('/api/users')).statusCode).toBe(401)
  const right = await signIn(dana)
  expect(right.json().refusal).toMatchObject({ rule: 'account-locked', whoCanFix: expect.stringContaining('owner') })
  // Who does not know both factors learns nothing of the lock.
  expect((await signIn(dana, { password: 'not the password' })).statusCode).toBe(401)
  expect((await s.as(owner).get('/api/account/notices')).json()).toMatchObject([{ kind: 'account-locked', about: 'Dana Desk', device: 'Chrome on Windows' }])
  expect(await mails()).toContain('sign-in-account-locked')
  expect((await events('notice.not-me')).at(-1)).toMatchObject({ actor: dana.id, outcome: 'done' })
})

it('gives a new session at each sign-in: a planted cookie is never adopted', async () => {
  const dana = await s.person(['front-desk'])
  const planted = `nacre=${s.practiceId}.${'A'.repeat(43)}; nacre-browser=${'B'.repeat(43)}`
  const [one, two] = [await signIn(dana, { cookie: planted }), await signIn(dana, { cookie: planted })]
  const cookies = [sessionOf(one).cookie, sessionOf(two).cookie, planted.split(';')[0]]
  expect(new Set(cookies).size).toBe(3)
  expect((await s.as({ cookie: planted }).get('/api/users')).statusCode).toBe(401)
  expect([browserOf(one), browserOf(two)]).not.toContain(`nacre-browser=${'B'.repeat(43)}`)
  // Signing in with somebody else's live session in the browser leaves that session hers.
  const eve = await s.person(['front-desk'])
  await signIn(dana, { cookie: eve.cookie })
  expect((await s.as(eve).get('/api/session')).json()).toMatchObject({ user: { id: eve.id } })
})

it('slows down a network that guesses at many accounts, whatever the accounts, and not its neighbours', async () => {
  const dana = await s.person(['front-desk'])
  const guess = (n: number, from: string) => s.as().post('/api/session', { email: `guess${n}@example.test`, password: 'guess guess guess', code: '123456' }, { 'x-forwarded-for': from })
  await s.owner.query('delete from network_try')
  for (let n = 0; n < 3; n++) await Promise.all([guess(n, '192.0.2.9'), guess(n + 10, '192.0.2.9')])
  // Fewer requests than a browser may send in a minute; the rest is as if guessed before.
  await s.owner.query(`update network_try set tries = 19 where tries = 6`)
  const lockSeconds = async () => (await s.owner.query(`select extract(epoch from locked_until - now())::int as n from network_try where tries >= 19`)).rows[0].n
  expect((await guess(90, '192.0.2.9')).statusCode).toBe(401)
  const locked = await signIn(dana, { from: '192.0.2.9' })
  expect([locked.statusCode, locked.json().detail]).toEqual([429, expect.stringContaining('from this network')])
  const first = await lockSeconds()
  await s.owner.query(`update network_try set locked_until = now() - interval '1 second'`)
  expect((await guess(91, '192.0.2.9')).statusCode).toBe(401)
  expect(await lockSeconds()).toBeGreaterThan(first * 1.5)
  expect((await signIn(dana, { from: '192.0.2.10' })).statusCode).toBe(200)
  // Somebody of the practice who does sign in from there wipes out nothing but her own try.
  await s.owner.query(`update network_try set locked_until = now() - interval '1 second'`)
  expect((await signIn(dana, { from: '192.0.2.9' })).statusCode).toBe(200)
  expect((await s.owner.query(`select max(tries)::int as n from network_try`)).rows[0].n).toBe(21)
})

it('answers as slowly for an address without account as for one with', async () => {
  const dana = await s.person(['front-desk'])
  const timed = async (email: string) => {
    const began = performance.now()
    await signIn(dana, { email, password: 'not the password', from: `198.18.0.${Math.ceil(Math.random() * 250)}` })
    return performance.now() - began
  }
  await timed('warm-up@example.test')
  const [known, unknown]: [number[], number[]] = [[], []]
  for (let i = 0; i < 4; i++) {
    known.push(await timed(dana.email))
    unknown.push(await timed(`nobody${i}@example.test`))
  }
  // The fastest of each is the work itself, without the noise of the machine: hashing a password is most of it.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) * 0.6)
  expect(Math.min(...unknown)).toBeLessThan(Math.min(...known) * 1.6)
})
