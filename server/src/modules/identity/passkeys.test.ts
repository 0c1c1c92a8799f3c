import { generate } from 'otplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import { operator } from '#kernel/roles.ts'
import { user, UserId } from '#schema/identity'
import { authenticator, type Behaviour } from '#test/authenticator.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'

const SITE = 'https://nacre.test'
let s: Spa
beforeAll(async () => {
  s = await spa()
})
afterAll(() => s.close())

// As a browser at this site sends it.
const there = { origin: SITE, host: 'nacre.test' }
const post = async (url: string, body: object = {}, who?: { cookie: string }) => s.as(who).post(url, body, there)
const ago = async (who: TestPerson, minutes: number) => {
  await s.owner.query(`update session set proven_at = now() - make_interval(mins => $1) where user_id = $2`, [minutes, who.id])
  // Sessions are remembered for moments; looking at one forgets it.
  await s.as(who).get('/api/session')
}
const events = async (action: string) => (await s.trailOf()).filter((e) => e.action === action)

const register = async (who: TestPerson, device = authenticator(SITE), how: Behaviour = {}) => {
  const question = (await post('/api/account/passkeys/question', {}, who)).json()
  const made = await post('/api/account/passkeys', { name: 'iPad', passkey: device.create(question, how) }, who)
  return { device, made, question }
}
const signInWith = async (device: ReturnType<typeof authenticator>, how: Behaviour = {}) => {
  const question = (await post('/api/session/passkey/question')).json()
  return post('/api/session/passkey', { passkey: device.get(question, how) })
}
const cookieOf = (answer: { headers: Record<string, unknown> }) => ({ cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' })

// @proves 164.312(d)
it('lets a person add a passkey and sign in with it alone, without typing an address', async () => {
  const dana = await s.person(['front-desk'], { name: 'Dana' })
  const { device, made, question } = await register(dana)
  expect(made.statusCode, made.body).toBe(200)
  expect(question).toMatchObject({ rp: { id: 'nacre.test' }, attestation: 'none', authenticatorSelection: { residentKey: 'required', userVerification: 'required' } })
  const answer = await signInWith(device)
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json()).toMatchObject({ user: { id: dana.id } })
  expect((await s.as(cookieOf(answer)).get('/api/session')).json()).toMatchObject({ user: { id: dana.id }, hasPasskey: true })
  const [line] = (await s.as(dana).get('/api/account/passkeys')).json()
  expect(line).toMatchObject({ name: 'iPad', lastUsedAt: expect.any(String) })
  expect(line).not.toHaveProperty('publicKey')
  expect((await events('session.sign-in-passkey')).at(-1)).toMatchObject({ outcome: 'done' })
})

it('asks everybody the same: the question to sign in names no passkey, and so nobody', async () => {
  const question = (await post('/api/session/passkey/question')).json()
  expect(question).toMatchObject({ allowCredentials: [], userVerification: 'required' })
})

it('adds a passkey only for somebody who has shown within ten minutes that it is she', async () => {
  const dana = await s.person(['front-desk'])
  await ago(dana, 11)
  const refused = await post('/api/account/passkeys/question', {}, dana)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({ rule: 'step-up', fix: { href: '/account?prove=1' } })
  expect((await events('passkey.begin')).at(-1)).toMatchObject({ actor: dana.id, outcome: 'denied', rule: 'step-up' })
})

it('accepts a passkey only with finger, face or PIN: possession alone is one factor', async () => {
  const dana = await s.person(['front-desk'])
  expect((await register(dana, authenticator(SITE), { verifies: 'bare' })).made.statusCode).toBe(422)
  const { device } = await register(dana)
  expect((await signInWith(device, { verifies: 'bare' })).statusCode).toBe(401)
  expect((await signInWith(device)).statusCode).toBe(200)
})

it('refuses what was signed for another site', async () => {
  const dana = await s.person(['front-desk'])
  expect((await register(dana, authenticator('https://nacre.example.evil'))).made.statusCode).toBe(422)
  const { device } = await register(dana)
  expect((await signInWith(device, { origin: 'https://nacre.example.evil' })).statusCode).toBe(401)
})

it('uses a challenge once, for five minutes, and never one that it did not make', async () => {
  const dana = await s.person(['front-desk'])
  const { device } = await register(dana)
  const question = (await post('/api/session/passkey/question')).json()
  const passkey = device.get(question)
  const raced = await Promise.all([post('/api/session/passkey', { passkey }), post('/api/session/passkey', { passkey })])
  expect(raced.map((r) => r.statusCode).toSorted((a, b) => a - b)).toEqual([200, 401])
  expect((await post('/api/session/passkey', { passkey })).statusCode).toBe(401)
  const late = (await post('/api/session/passkey/question')).json()
  await s.owner.query(`update passkey_challenge set expires_at = now() - interval '1 second'`)
  expect((await post('/api/session/passkey', { passkey: device.get(late) })).statusCode).toBe(401)
  expect((await post('/api/session/passkey', { passkey: device.get({ ...question, challenge: 'bWFkZS11cC1jaGFsbGVuZ2U' }) })).statusCode).toBe(401)
  const kept = (await s.owner.query('select challenge from passkey_challenge')).rows
  expect(kept.every((row) => Buffer.isBuffer(row.challenge))).toBe(true)
})

it('takes a challenge only from the session that asked, and only for what it was asked', async () => {
  const [dana, eve] = [await s.person(['front-desk']), await s.person(['front-desk'])]
  const { device } = await register(dana)
  const danas = (await post('/api/session/prove/question', {}, dana)).json()
  expect(danas.allowCredentials).toHaveLength(1)
  expect((await post('/api/session/passkey', { passkey: device.get(danas) })).statusCode).toBe(401)
  const forSignIn = (await post('/api/session/passkey/question')).json()
  expect((await post('/api/session/prove', { passkey: device.get(forSignIn) }, dana)).statusCode).toBe(422)
  const { device: eves } = await register(eve)
  expect((await post('/api/session/prove', { passkey: eves.get(danas) }, eve)).statusCode).toBe(422)
})

it('stops a passkey whose counter goes backwards, records it and tells its owner', async () => {
  const dana = await s.person(['front-desk'])
  const { device } = await register(dana)
  expect((await signInWith(device, { counter: 7 })).statusCode).toBe(200)
  const copy = await signInWith(device, { counter: 5 })
  expect(copy.statusCode).toBe(403)
  expect(copy.json().refusal).toMatchObject({ rule: 'passkey-counter' })
  expect((await events('session.sign-in-passkey')).at(-1)).toMatchObject({ outcome: 'denied', rule: 'passkey-counter' })
  expect((await signInWith(device, { counter: 9 })).statusCode).toBe(403)
  expect((await s.as(dana).get('/api/account/passkeys')).json()).toMatchObject([{ stoppedAt: expect.any(String) }])
  expect((await s.as(dana).get('/api/account/notices')).json()).toMatchObject([{ kind: 'passkey-copied' }])
})

it('names and removes a passkey, and nobody else’s; the removed one opens nothing', async () => {
  const [dana, eve] = [await s.person(['front-desk']), await s.person(['front-desk'])]
  const { device, made } = await register(dana)
  const at = `/api/account/passkeys/${made.json().id}`
  expect((await s.as(eve).patch(at, { name: 'Mine' })).statusCode).toBe(404)
  expect((await s.as(eve).delete(at)).statusCode).toBe(404)
  expect((await s.as(dana).patch(at, { name: 'Front desk iPad' })).json()).toMatchObject({ name: 'Front desk iPad' })
  expect((await s.as(dana).patch(at, { name: ' ' })).json().errors[0]).toMatchObject({ path: 'name' })
  expect((await s.as(dana).delete(at)).statusCode).toBe(200)
  expect((await signInWith(device)).statusCode).toBe(401)
  expect((await events('passkey.remove')).map((e) => [e.actor, e.outcome])).toEqual([[eve.id, 'failed'], [dana.id, 'done']])
})

it('does not remove the last way in', async () => {
  const dana = await s.person(['front-desk'])
  const first = await register(dana)
  await s.perform(forgetPassword, operator(s.practiceId, 'test', ['test.forget-password']), { userId: dana.id })
  const remove = (id: string) => s.as(dana).delete(`/api/account/passkeys/${id}`)
  const last = await remove(first.made.json().id)
  expect(last.statusCode).toBe(409)
  expect(last.json().detail).toContain('last way in')
  const second = await register(dana)
  expect((await remove(first.made.json().id)).statusCode).toBe(200)
  expect((await remove(second.made.json().id)).statusCode).toBe(409)
})

it('takes a passkey as the second factor after the password, but only her own', async () => {
  const [dana, eve] = [await s.person(['front-desk']), await s.person(['front-desk'])]
  const [danas, eves] = [(await register(dana)).device, (await register(eve)).device]
  const body = { email: dana.email, password: dana.password }
  const question = async () => (await post('/api/session/passkey/question')).json()
  expect((await post('/api/session', { ...body, passkey: eves.get(await question()) })).statusCode).toBe(401)
  expect((await post('/api/session', { ...body, password: 'not the password', passkey: danas.get(await question()) })).statusCode).toBe(401)
  expect((await post('/api/session', { ...body, passkey: danas.get(await question()) })).statusCode).toBe(200)
  expect((await post('/api/session', body)).json().errors[0]).toMatchObject({ path: 'code' })
})

it('unlocks the locked screen with a passkey, and not with somebody else’s', async () => {
  const [dana, eve] = [await s.person(['front-desk']), await s.person(['front-desk'])]
  const [danas, eves] = [(await register(dana)).device, (await register(eve)).device]
  await post('/api/session/lock', {}, dana)
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(401)
  const ask = async () => (await post('/api/session/prove/question', {}, dana)).json()
  expect((await post('/api/session/unlock', { passkey: eves.get(await ask()) }, dana)).statusCode).toBe(422)
  expect((await post('/api/session/unlock', { passkey: danas.get(await ask()) }, dana)).statusCode).toBe(200)
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(200)
})

// @proves 164.312(d)
it('opens a dangerous step after both factors were shown once more, by password and code or by passkey', async () => {
  const dana = await s.person(['front-desk'])
  const { device } = await register(dana)
  const dangerous = async () => (await post('/api/account/recovery-codes', {}, dana)).statusCode
  await ago(dana, 11)
  expect(await dangerous()).toBe(403)
  expect((await post('/api/session/prove', { password: dana.password }, dana)).statusCode).toBe(422)
  expect((await post('/api/session/prove', { password: dana.password, code: '000000' }, dana)).statusCode).toBe(422)
  expect(await dangerous()).toBe(403)
  expect((await post('/api/session/prove', { password: dana.password, code: await generate({ secret: dana.totpSecret }) }, dana)).statusCode).toBe(200)
  expect(await dangerous()).toBe(200)
  await ago(dana, 11)
  const question = (await post('/api/session/prove/question', {}, dana)).json()
  expect((await post('/api/session/prove', { passkey: device.get(question) }, dana)).statusCode).toBe(200)
  expect(await dangerous()).toBe(200)
})

it('ends the session after five wrong proofs', async () => {
  const dana = await s.person(['front-desk'])
  for (let i = 0; i < 6; i++) await post('/api/session/prove', { password: 'wrong wrong wrong', code: '000000' }, dana)
  expect((await s.as(dana).get('/api/users')).statusCode).toBe(401)
})

const forgetPassword = action({
  name: 'test.forget-password', does: 'take a password away in a test', purpose: 'operations', phi: 'none', patient: () => '-', allow: roleAlone,
  input: z.object({ userId: UserId }), output: z.object({}),
  run: async (tx, { userId }) => {
    await tx.change(user, { id: userId }, { passwordHash: '', totpSecret: '' })
    return {}
  },
})
