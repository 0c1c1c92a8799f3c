import { generate } from 'otplib'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { setBaseUrl } from '#modules/practices'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { openIdProvider, type AtProvider } from '#test/openid-provider.ts'
import { provedTwoFactors } from './second-factor.ts'

const BASE = 'http://localhost:8080'
let s: Spa
let provider: Awaited<ReturnType<typeof openIdProvider>>
let owner: TestPerson
let dana: TestPerson
let providerId: string
const entry = (more: object = {}) => ({
  label: 'Pearl Group', issuer: provider.issuer, clientId: provider.client_id, clientSecret: provider.client_secret, domains: ['example.test'],
  secondFactor: 'provider', acrValues: ['urn:example:two-factors'], active: true, ...more,
})

beforeAll(async () => {
  s = await spa()
  await s.perform(setBaseUrl, s.setUp, { baseUrl: BASE })
  provider = await openIdProvider(`${BASE}/api/sso/callback`)
  owner = await s.person(['owner'])
  const made = await s.as(owner).put('/api/sso/providers', entry())
  expect(made.statusCode, made.body).toBe(200)
  providerId = made.json().id
})
beforeEach(async () => {
  dana = await s.person(['front-desk'])
})
afterAll(async () => {
  await s.close()
  await provider.close()
})

const cookieOf = (reply: { headers: Record<string, unknown> }, name: string) =>
  [reply.headers['set-cookie']].flat().map(String).find((c) => c.startsWith(`${name}=`) && !c.startsWith(`${name}=;`))?.split(';')[0] ?? ''

const begin = async () => {
  const start = await s.as().get(`/api/sso/start/${providerId}`)
  expect(start.statusCode, start.body).toBe(302)
  return { to: String(start.headers.location), browser: cookieOf(start, 'nacre-sso') }
}
const back = async (address: string, browser: string) => s.as({ cookie: browser }).get(address.slice(BASE.length))
/** The whole way, as a browser goes it. */
const signIn = async (as: AtProvider) => {
  provider.knows(as)
  const { to, browser } = await begin()
  return back(await provider.walk(to), browser)
}
const person = (who: TestPerson, more: Partial<AtProvider> = {}): AtProvider => ({ subject: `subject of ${who.id}`, email: who.email, emailVerified: true, amr: ['pwd', 'otp'], ...more })

// @proves 164.312(d)
it('signs in whom the organisation has asked for two factors, and knows her from then on by the organisation’s own name for her', async () => {
  const first = await signIn(person(dana))
  expect(first.headers.location).toBe('/')
  const cookie = cookieOf(first, 'nacre')
  expect((await s.as({ cookie }).get('/api/session')).json()).toMatchObject({ user: { id: dana.id } })
  expect(String(first.headers['set-cookie'])).toMatch(/nacre=prc_[^;]+;[^,]*HttpOnly; SameSite=Strict/)
  // The address changed at the organisation: the subject did not.
  const again = await signIn(person(dana, { email: 'renamed@elsewhere.test' }))
  expect((await s.as({ cookie: cookieOf(again, 'nacre') }).get('/api/session')).json()).toMatchObject({ user: { id: dana.id } })
})

it('asks for its own second factor when the organisation did not say that it asked for one', async () => {
  const half = await signIn(person(dana, { amr: ['pwd'] }))
  expect(cookieOf(half, 'nacre')).toBe('')
  const token = /^\/sign-in#second=(.+)$/.exec(String(half.headers.location))?.[1] ?? ''
  expect(token).not.toBe('')
  const give = (code: string) => s.as().post('/api/sso/second', { half: token, code })
  expect((await give('000000')).statusCode).toBe(401)
  const code = await generate({ secret: dana.totpSecret })
  const done = await give(code)
  expect(done.json()).toMatchObject({ user: { id: dana.id } })
  expect(cookieOf(done, 'nacre')).not.toBe('')
  expect((await give(code)).statusCode).toBe(401)
})

it('takes an agreed acr as proof, and asks in any case where the practice wants its own', async () => {
  expect((await signIn(person(dana, { amr: [], acr: 'urn:example:two-factors' }))).headers.location).toBe('/')
  const change = (secondFactor: string) => s.as(owner).put('/api/sso/providers', { ...entry({ secondFactor }), id: providerId, clientSecret: undefined })
  expect((await change('nacre')).statusCode).toBe(200)
  expect((await signIn(person(dana))).headers.location).toMatch(/#second=/)
  expect((await change('provider')).statusCode).toBe(200)
})

it('lets five guesses at the second factor pass, also when they come at the same moment', async () => {
  const half = String((await signIn(person(dana, { amr: ['pwd'] }))).headers.location).split('second=')[1]
  const guesses = await Promise.all(Array.from({ length: 9 }, () => s.as().post('/api/sso/second', { half, code: '000000' })))
  expect(guesses.filter((g) => g.statusCode === 401)).toHaveLength(5)
  expect(guesses.filter((g) => g.statusCode === 429)).toHaveLength(4)
  const late = await s.as().post('/api/sso/second', { half, code: await generate({ secret: dana.totpSecret }) })
  expect(late.statusCode).toBe(429)
})

it('stops who guesses on by beginning anew, and lets her in again when she is right', async () => {
  const half = async () => String((await signIn(person(dana, { amr: ['pwd'] }))).headers.location).split('second=')[1]
  const give = async (code: string) => s.as().post('/api/sso/second', { half: await half(), code })
  const guesses: number[] = []
  for (let n = 0; n < 6; n++) guesses.push((await give('000000')).statusCode)
  expect(guesses).toEqual([401, 401, 401, 401, 401, 429])
  await s.owner.query('update sign_in_try set locked_until = null, tries = 3')
  expect((await give(await generate({ secret: dana.totpSecret }))).statusCode).toBe(200)
})

it('matches nobody by an address that the organisation has not checked, that is not its own, or that has no account', async () => {
  for (const stranger of [person(dana, { emailVerified: false }), person(dana, { email: 'dana@other.test' }), { ...person(dana), email: 'nobody@example.test', subject: 'nobody' }]) {
    const refused = await signIn({ ...stranger, subject: `${stranger.subject} ${stranger.email} ${String(stranger.emailVerified)}` })
    expect(refused.headers.location).toBe('/sign-in#sso=no-account')
    expect(cookieOf(refused, 'nacre')).toBe('')
  }
  expect((await s.trailOf()).filter((e) => e.action === 'sso.sign-in' && e.outcome === 'failed').length).toBeGreaterThanOrEqual(3)
})

it('lets nobody in who has left', async () => {
  await signIn(person(dana))
  await s.owner.query('update app_user set active = false where id = $1', [dana.id])
  expect((await signIn(person(dana))).headers.location).toBe('/sign-in#sso=no-account')
})

it('takes a way back once, and only in the browser that began it', async () => {
  provider.knows(person(dana))
  const { to, browser } = await begin()
  const address = await provider.walk(to)
  const other = await begin()
  expect((await back(address, other.browser)).headers.location).toBe('/sign-in#sso=again')
  expect((await back(address, '')).headers.location).toBe('/sign-in#sso=again')
  expect((await back(address, browser)).headers.location).toBe('/')
  expect((await back(address, browser)).headers.location).toBe('/sign-in#sso=again')
})

it('refuses an answer whose code, state or issuer was exchanged, and does not say which', async () => {
  provider.knows(person(dana))
  for (const [name, value] of [['code', 'another'], ['state', 'another'], ['iss', 'https://evil.example']] as const) {
    const { to, browser } = await begin()
    const address = new URL(await provider.walk(to))
    address.searchParams.set(name, value)
    const reply = await back(address.href, browser)
    expect(reply.headers.location).toMatch(/^\/sign-in#sso=(again|provider)$/)
    expect(cookieOf(reply, 'nacre')).toBe('')
  }
})

it('tells the provider nothing but where to come back to', async () => {
  const { to } = await begin()
  const asked = new URL(to).searchParams
  expect([...asked.keys()].toSorted()).toEqual(['acr_values', 'client_id', 'code_challenge', 'code_challenge_method', 'nonce', 'redirect_uri', 'response_type', 'scope', 'state'])
  expect(asked.get('scope')).toBe('openid email')
  expect(asked.get('redirect_uri')).toBe(`${BASE}/api/sso/callback`)
})

it('is set up by the owner alone, after she has shown again that it is she, and never shows the secret again', async () => {
  const refused = await s.as(dana).put('/api/sso/providers', entry())
  expect(refused.statusCode).toBe(403)
  await s.owner.query(`update session set proven_at = now() - interval '11 minutes' where user_id = $1`, [owner.id])
  const stale = { cookie: `nacre=${await s.sessionFor(owner.id)}` }
  await s.owner.query(`update session set proven_at = now() - interval '11 minutes' where user_id = $1`, [owner.id])
  const old = await s.as(stale).put('/api/sso/providers', entry())
  expect(old.json()).toMatchObject({ status: 403, refusal: { rule: 'step-up' } })
  const listed = await s.as(owner).get('/api/sso/providers')
  expect(listed.json()).toHaveLength(1)
  expect(listed.body).not.toContain('secret')
  expect((await s.as().get('/api/sso')).json()).toEqual([{ id: providerId, label: 'Pearl Group' }])
})

it('names what is wrong with an entry', async () => {
  const boss = await s.person(['owner'])
  const wrong = await s.as(boss).put('/api/sso/providers', entry({ issuer: 'http://evil.example', domains: ['not a domain'], clientSecret: undefined }))
  expect(wrong.statusCode).toBe(422)
  expect(wrong.json().errors.map((e: { path: string }) => e.path)).toEqual(expect.arrayContaining(['issuer', 'domains.0']))
})

it('knows two factors from one by the words of RFC 8176', () => {
  const proved = (amr: string[], acr?: string) => provedTwoFactors({ amr, acr }, ['gold'])
  expect([proved(['mfa']), proved(['pwd', 'otp']), proved(['pin', 'hwk']), proved(['face', 'swk']), proved([], 'gold')]).toEqual([true, true, true, true, true])
  expect([proved([]), proved(['pwd']), proved(['pwd', 'pin']), proved(['otp', 'sms']), proved(['user']), proved([], 'silver')]).toEqual([false, false, false, false, false, false])
})
