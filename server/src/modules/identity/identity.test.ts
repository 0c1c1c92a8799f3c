import { generate } from 'otplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ACTIONS } from '#kernel/action.ts'
import { createUser } from './people.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

let s: Spa
beforeAll(async () => {
  s = await spa()
})
afterAll(() => s.close())

const signIn = async (who: TestPerson, more: Partial<{ password: string; code: string; email: string }> = {}) =>
  s.as().post('/api/session', { email: who.email, password: who.password, code: more.code ?? (await generate({ secret: who.totpSecret })), ...more })
const events = async (action: string) => (await s.trailOf()).filter((e) => e.action === action)

it('signs in with password and code, and gives a cookie that scripts cannot read and other sites cannot send', async () => {
  const dana = await s.person(['front-desk'], { name: 'Dana' })
  const answer = await signIn(dana)
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject({ user: { id: dana.id, name: 'Dana', roles: ['front-desk'], home: '/calendar' }, practice: { idleMinutes: 15 } })
  expect(answer.json()).not.toHaveProperty('token')
  const cookie = String(answer.headers['set-cookie'])
  expect(cookie).toMatch(/^nacre=prc_[^;]+; .*HttpOnly; SameSite=Strict/)
  const me = await s.as({ cookie: cookie.split(';')[0] ?? '' }).get('/api/session')
  expect(me.json()).toMatchObject({ user: { id: dana.id } })
})

it('answers alike for a wrong password, a wrong code and an address that has no account, and records each try', async () => {
  const dana = await s.person(['front-desk'])
  const wrong = [await signIn(dana, { password: 'wrong horse battery' }), await signIn(dana, { code: '000000' }), await signIn(dana, { email: 'nobody@example.test' })]
  expect(wrong.map((w) => w.statusCode)).toEqual([401, 401, 401])
  expect(new Set(wrong.map((w) => w.json().detail)).size).toBe(1)
  expect((await events('session.sign-in')).filter((e) => e.outcome === 'failed').length).toBeGreaterThanOrEqual(3)
})

// @proves 164.312(d)
it('accepts a code once', async () => {
  const dana = await s.person(['front-desk'])
  const code = await generate({ secret: dana.totpSecret })
  expect([(await signIn(dana, { code })).statusCode, (await signIn(dana, { code })).statusCode]).toEqual([200, 401])
  const eve = await s.person(['front-desk'])
  const now = await generate({ secret: eve.totpSecret })
  const raced = await Promise.all([signIn(eve, { code: now }), signIn(eve, { code: now })])
  expect(raced.filter((r) => r.statusCode === 200)).toHaveLength(1)
})

it('locks after five wrong tries, also when they come at the same moment, and the same for an address without account', async () => {
  const dana = await s.person(['front-desk'])
  const guesses = await Promise.all(Array.from({ length: 9 }, () => signIn(dana, { password: 'guess guess guess' })))
  expect(guesses.some((g) => g.statusCode === 429)).toBe(true)
  const right = await signIn(dana)
  expect(right.statusCode).toBe(429)
  expect(right.json().detail).toContain('Too many tries for this address')
  expect(Number(right.headers['retry-after'])).toBeGreaterThan(0)
})

it('locks an address that has no account in the same way', async () => {
  const another = await spa()
  const ghost = { id: '', email: 'ghost@example.test', password: 'guess guess guess', totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', cookie: '' }
  const answers = []
  for (let i = 0; i < 6; i++) answers.push((await another.as().post('/api/session', { email: ghost.email, password: ghost.password, code: '123456' })).statusCode)
  expect(answers).toEqual([401, 401, 401, 401, 401, 429])
  await another.close()
})

it('does not count polling in the background as use', async () => {
  const dana = await s.person(['front-desk'])
  const away = (minutes: number) => s.owner.query(`update session set last_active_at = now() - make_interval(mins => $1) where user_id = $2`, [minutes, dana.id])
  await away(14)
  expect((await s.as(dana).get('/api/session', undefined, { 'nacre-background': '1' })).statusCode).toBe(200)
  const { rows: [{ idle }] } = await s.owner.query(`select extract(epoch from now() - last_active_at)::int as idle from session where user_id = $1`, [dana.id])
  expect(idle).toBeGreaterThan(13 * 60)
})

// @proves 164.312(a)(2)(iii)
it('locks after 15 idle minutes: nothing but unlocking with the own password works, and five wrong ones end it', async () => {
  const eve = await s.person(['front-desk'])
  await s.owner.query(`update session set last_active_at = now() - interval '16 minutes' where user_id = $1`, [eve.id])
  expect((await s.as(eve).get('/api/users')).statusCode).toBe(401)
  expect((await s.as(eve).get('/api/session')).json()).toMatchObject({ locked: true })
  expect((await s.as(eve).post('/api/session/unlock', { password: 'wrong wrong wrong' })).statusCode).toBe(422)
  expect((await s.as(eve).post('/api/session/unlock', { password: eve.password })).statusCode).toBe(200)
  expect((await s.as(eve).get('/api/users')).statusCode).toBe(200)
  await s.as(eve).post('/api/session/lock')
  expect((await s.as(eve).get('/api/users')).statusCode).toBe(401)
  for (let i = 0; i < 6; i++) await s.as(eve).post('/api/session/unlock', { password: 'wrong wrong wrong' })
  expect((await s.as(eve).post('/api/session/unlock', { password: eve.password })).statusCode).toBe(401)
})

it('ends a session at once on signing out', async () => {
  const dana = await s.person(['front-desk'])
  expect((await s.as(dana).get('/api/session')).statusCode).toBe(200)
  await s.as(dana).delete('/api/session')
  expect((await s.as(dana).get('/api/session')).statusCode).toBe(401)
})

it('refuses requests that other sites send with the cookie', async () => {
  const dana = await s.person(['front-desk'])
  const forged = await s.as(dana).post('/api/patients', {}, { origin: 'https://evil.example', host: 'nacre.test' })
  expect(forged.statusCode).toBe(403)
  expect((await s.as(dana).post('/api/patients', {}, { origin: 'null' })).statusCode).toBe(403)
  expect((await s.as(dana).post('/api/patients', {}, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
})

it('takes a recovery code once also when it comes many times at the same moment, and loses none of the others', async () => {
  const body = { email: 'hasty@example.test', name: 'Hasty Phone', roles: ['front-desk'], locationIds: [s.locationId], password: 'correct-horse-battery-staple-9', totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }
  const { recoveryCodes } = await s.perform(createUser, s.setUp, body)
  // Past the counting of tries, which lets few come at once.
  const signInOnly = ACTIONS.get('session.sign-in')
  if (!signInOnly) throw new Error('nobody can sign in')
  const origin = { network: '203.0.113.7', agent: '', site: 'https://nacre.test', mark: '' }
  const use = (n: number) => s.perform(signInOnly, s.public, { origin, email: body.email, password: body.password, code: recoveryCodes[n] }).then(() => 'in', () => 'out')
  const same = await Promise.all([use(3), use(3), use(3), use(3)])
  expect(same.filter((one) => one === 'in')).toHaveLength(1)
  expect(await Promise.all([use(4), use(5), use(6)])).toEqual(['in', 'in', 'in'])
  expect(await Promise.all([use(4), use(5), use(6)])).toEqual(['out', 'out', 'out'])
})

it('lets a person whose role was refused ask the owner, who sees it and closes it', async () => {
  const [desk, owner] = [await s.person(['front-desk'], { name: 'Dana Desk' }), await s.person(['owner'])]
  const ana = await s.patient()
  const { refusal } = (await s.as(desk).get(`/api/patients/${ana.id}/notes`)).json()
  expect(refusal).toMatchObject({ rule: 'role', citation: expect.stringContaining('164.502(b)'), fix: { href: '/access?action=note.list' } })
  expect((await s.as(desk).post('/api/access-requests', { action: 'note.list', reason: 'I answer calls about aftercare' })).statusCode).toBe(200)
  expect((await s.as(desk).get('/api/access-requests')).statusCode).toBe(403)
  const [asked] = (await s.as(owner).get('/api/access-requests')).json()
  expect(asked).toMatchObject({ who: 'Dana Desk', reason: 'I answer calls about aftercare', wants: expect.stringContaining('notes') })
  expect((await s.as(owner).post(`/api/access-requests/${asked.id}/close`)).statusCode).toBe(200)
  expect((await s.as(owner).get('/api/access-requests')).json()).toEqual([])
})
