import { generate } from 'otplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '#kernel/id.ts'
import { operator, ROLES } from '#kernel/roles.ts'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { recoverByOperator } from './recovery.ts'
import { newTotpSecret } from './sign-in.ts'

let s: Spa
let olivia: TestPerson
let petra: TestPerson
beforeAll(async () => {
  s = await spa()
  olivia = await s.person(['owner'], { name: 'Olivia Owner' })
  petra = await s.person(['compliance-officer'], { name: 'Petra Compliance' })
})
afterAll(() => s.close())

const PASSWORD = 'violet-onion-harbour-91-cliff'
const tokenOf = (link: string) => link.split('#')[1] ?? ''
let addresses = 0
const address = () => `new${++addresses}@example.test`
const entry = (more: object = {}) => ({ email: address(), name: 'Nia New', credential: 'RN', roles: ['front-desk'], locationIds: [s.locationId], isProvider: false, ...more })
const secrets = async (totpSecret = newTotpSecret()) => ({ password: PASSWORD, totpSecret, totpCode: await generate({ secret: totpSecret }) })
const join = async (link: string, more: object = {}) => s.as().post('/api/public/join', { token: tokenOf(link), ...(await secrets()), ...more })
const signIn = async (email: string, password: string, totpSecret: string) =>
  s.as().post('/api/session', { email, password, code: await generate({ secret: totpSecret }) })
const lastEvents = async (action: string) => (await s.trailOf()).filter((e) => e.action === action)
const unproven = (who: TestPerson) => s.owner.query(`update session set proven_at = now() - interval '11 minutes' where user_id = $1`, [who.id])
const mailsTo = async (email: string) => {
  const messages = (await s.as(olivia).get('/api/outbox')).json().messages as { id: string; template: string }[]
  const opened = await Promise.all(messages.map(async ({ id }) => (await s.as(olivia).get(`/api/outbox/${id}`)).json()))
  return opened.filter((m: { recipient: string }) => m.recipient === email) as { template: string; body: string; subject: string }[]
}

// --- invitations

// @proves 164.308(a)(3)
it('somebody who is invited chooses her own password and authenticator, and nobody else ever sees them', async () => {
  const wanted = entry({ name: 'Nia New', roles: ['front-desk'] })
  const made = await s.as(olivia).post('/api/invitations', wanted)
  expect(made.statusCode, made.body).toBe(200)
  const { link, waits } = made.json()
  expect(waits).toBe(false)
  expect(new URL(link, 'http://x').hash.length).toBeGreaterThan(40)
  const looked = await s.as().post('/api/public/join/look', { token: tokenOf(link) })
  expect(looked.json()).toMatchObject({ practice: 'Pearl Aesthetics', name: 'Nia New', email: wanted.email, roleTitles: ['Front desk'] })
  const totpSecret = newTotpSecret()
  const joined = await join(link, await secrets(totpSecret))
  expect(joined.statusCode, joined.body).toBe(200)
  expect(joined.json().recoveryCodes).toHaveLength(10)
  const signedIn = await signIn(wanted.email, PASSWORD, totpSecret)
  expect(signedIn.json()).toMatchObject({ user: { name: 'Nia New', roles: ['front-desk'] } })
  const byCode = await s.as().post('/api/session', { email: wanted.email, password: PASSWORD, code: joined.json().recoveryCodes[2] })
  expect(byCode.statusCode).toBe(200)
  expect((await s.as().post('/api/session', { email: wanted.email, password: PASSWORD, code: joined.json().recoveryCodes[2] })).statusCode).toBe(401)
  expect((await lastEvents('user.invite')).at(-1)).toMatchObject({ actor: olivia.id, outcome: 'done', patientId: '-' })
  expect((await lastEvents('invitation.accept')).at(-1)).toMatchObject({ actor: 'public', outcome: 'done' })
})

it('mails the link without a word about health, and keeps the token only as a keyed hash', async () => {
  const wanted = entry()
  const { link } = (await s.as(olivia).post('/api/invitations', wanted)).json()
  const [mail] = await mailsTo(wanted.email)
  expect(mail).toMatchObject({ template: 'invitation', subject: expect.stringContaining('You are invited') })
  expect(mail?.body).toContain(link)
  const { rows } = await s.owner.query('select * from invitation')
  expect(JSON.stringify(rows)).not.toContain(tokenOf(link))
  expect(rows.some((r) => Buffer.isBuffer(r.email) && r.email.toString('latin1').includes(wanted.email))).toBe(false)
})

it('an invitation works once, for 72 hours, and not after it was withdrawn or renewed', async () => {
  const wanted = entry()
  const { id, link } = (await s.as(olivia).post('/api/invitations', wanted)).json()
  const renewed = (await s.as(olivia).post(`/api/invitations/${id}/renew`)).json()
  expect((await join(link)).statusCode).toBe(410)
  await s.owner.query(`update invitation set expires_at = now() - interval '1 second' where id = $1`, [id])
  expect((await join(renewed.link)).statusCode).toBe(410)
  expect((await s.as(olivia).get('/api/invitations')).json().find((i: { id: string }) => i.id === id)).toMatchObject({ expired: true })
  const again = (await s.as(olivia).post(`/api/invitations/${id}/renew`)).json()
  const hours = (Date.parse(again.expiresAt) - Date.now()) / 3_600_000
  expect(hours).toBeGreaterThan(71.9)
  expect(hours).toBeLessThanOrEqual(72)
  const raced = await Promise.all([join(again.link), join(again.link)])
  expect(raced.filter((r) => r.statusCode === 200)).toHaveLength(1)
  expect((await join(again.link)).statusCode).toBe(410)
  const other = (await s.as(olivia).post('/api/invitations', entry())).json()
  expect((await s.as(olivia).post(`/api/invitations/${other.id}/withdraw`)).statusCode).toBe(200)
  expect((await join(other.link)).statusCode).toBe(410)
  expect((await s.as(olivia).post(`/api/invitations/${newId('inv')}/withdraw`)).statusCode).toBe(404)
  expect((await join('x#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).statusCode).toBe(410)
})

// @proves 164.308(a)(5)(ii)(D)
it('refuses a password that is easy to guess, a wrong code of the authenticator, and saves nothing', async () => {
  const { link } = (await s.as(olivia).post('/api/invitations', entry({ name: 'Weak' }))).json()
  const weak = await join(link, { password: 'password1234' })
  expect(weak.statusCode).toBe(422)
  expect(weak.json().errors[0]).toMatchObject({ path: 'password' })
  const wrong = await join(link, { totpCode: '000000' })
  expect(wrong.json().errors[0]).toMatchObject({ path: 'totpCode' })
  expect((await join(link)).statusCode).toBe(200)
})

it('refuses to invite without the grant, to an unknown role or place, and somebody who is here or invited already', async () => {
  const desk = await s.person(['front-desk'])
  const refused = await s.as(desk).post('/api/invitations', entry())
  expect(refused.json().refusal).toMatchObject({ rule: 'role' })
  expect((await lastEvents('user.invite')).at(-1)).toMatchObject({ actor: desk.id, outcome: 'denied', rule: 'role' })
  expect((await s.as(olivia).post('/api/invitations', entry({ roles: ['wizard'] }))).json().errors[0].path).toBe('roles')
  expect((await s.as(olivia).post('/api/invitations', entry({ locationIds: [newId('loc')] }))).json().errors[0].path).toBe('locationIds')
  expect((await s.as(olivia).post('/api/invitations', entry({ email: desk.email.toUpperCase() }))).statusCode).toBe(409)
  const wanted = entry()
  expect((await s.as(olivia).post('/api/invitations', wanted)).statusCode).toBe(200)
  expect((await s.as(olivia).post('/api/invitations', wanted)).statusCode).toBe(409)
  expect((await s.as(olivia).post('/api/users', entry())).statusCode).toBe(404)
})

it('asks for a fresh proof before access is given or taken, and records that it did', async () => {
  const stale = await s.person(['owner'])
  await unproven(stale)
  const tries = [
    await s.as(stale).post('/api/invitations', entry()),
    await s.as(stale).post(`/api/team/${olivia.id}/offboard`, { reason: 'gone' }),
    await s.as(stale).post(`/api/proposals/${newId('prp')}/confirm`),
    await s.as(stale).post('/api/tokens', { label: 'Sync', actions: ['service.list'], locationIds: [s.locationId] }),
  ]
  for (const refused of tries) expect(refused.json().refusal).toMatchObject({ rule: 'step-up' })
  expect((await s.trailOf()).filter((e) => e.actor === stale.id).map((e) => e.rule)).toEqual(['step-up', 'step-up', 'step-up', 'step-up'])
  await s.owner.query('update app_user set active = false where id = $1', [stale.id])
})

it('an invitation to manage other people’s access has no link until a second person confirmed it', async () => {
  const wanted = entry({ name: 'Second Owner', roles: ['owner'], reason: 'partner' })
  const made = (await s.as(olivia).post('/api/invitations', wanted)).json()
  expect(made).toMatchObject({ waits: true })
  expect(made).not.toHaveProperty('link')
  expect(await mailsTo(wanted.email)).toEqual([])
  expect((await s.as(olivia).post(`/api/invitations/${made.id}/renew`)).statusCode).toBe(409)
  const [mine] = (await s.as(olivia).get('/api/proposals')).json()
  expect(mine).toMatchObject({ kind: 'invitation', about: 'Second Owner', you: 'proposed it' })
  const self = await s.as(olivia).post(`/api/proposals/${mine.id}/confirm`)
  expect(self.json().refusal).toMatchObject({ rule: 'second-person' })
  expect((await s.as(petra).post(`/api/proposals/${mine.id}/confirm`)).statusCode).toBe(200)
  const [mail] = await mailsTo(wanted.email)
  const joined = await join(/\S+#\S+/.exec(mail?.body ?? '')?.[0] ?? '')
  expect(joined.statusCode, joined.body).toBe(200)
  const [change] = (await s.as(petra).get('/api/access-changes')).json()
  expect(change).toMatchObject({ who: 'Second Owner', by: 'Olivia Owner', confirmedBy: 'Petra Compliance', alone: false, after: { roles: ['Owner'] } })
  await s.owner.query(`update app_user set active = false where id = (select user_id from invitation where id = $1)`, [made.id])
})

// --- recovery

const askFor = (email: string) => s.as().post('/api/public/recovery', { email })
const askOf = async (name: string, by = olivia) => ((await s.as(by).get('/api/recoveries')).json() as { id: string; name: string; own: boolean }[]).find((r) => r.name === name)

it('answers alike whether an address has an account or not, and asks a second person', async () => {
  const lost = await s.person(['front-desk'], { name: 'Lost Phone' })
  const [known, unknown] = [await askFor(lost.email.toUpperCase()), await askFor('ghost@example.test')]
  expect([known.statusCode, known.body]).toEqual([unknown.statusCode, unknown.body])
  const { rows } = await s.owner.query('select count(*)::int as n from recovery_ask')
  expect(rows[0].n).toBe(2)
  const listed = (await s.as(olivia).get('/api/recoveries')).json()
  expect(listed).toHaveLength(1)
  expect(listed[0]).toMatchObject({ name: 'Lost Phone', own: false })
  expect((await s.as(lost).get('/api/recoveries')).json().refusal).toMatchObject({ rule: 'role' })
})

// @proves 164.312(d)
it('renews lost factors only when somebody else has confirmed who she is; every session of hers ends', async () => {
  const lost = await s.person(['front-desk'], { name: 'Lana Lost' })
  await askFor(lost.email)
  const ask = await askOf('Lana Lost')
  const unsure = await s.as(olivia).post(`/api/recoveries/${ask?.id}/approve`, { how: 'in person' })
  expect(unsure.statusCode).toBe(422)
  const approved = await s.as(olivia).post(`/api/recoveries/${ask?.id}/approve`, { how: 'in person', confirmed: true })
  expect(approved.statusCode, approved.body).toBe(200)
  const { link, code } = approved.json()
  expect(code).toBeUndefined()
  expect((await mailsTo(lost.email)).map((m) => m.template)).toEqual(['recovery-notice'])
  const token = tokenOf(link)
  expect((await s.as().post('/api/public/recovery/look', { token })).json()).toMatchObject({ asksCode: false })
  const totpSecret = newTotpSecret()
  const used = await s.as().post('/api/public/recovery/use', { token, ...(await secrets(totpSecret)) })
  expect(used.statusCode, used.body).toBe(200)
  expect(used.json().recoveryCodes).toHaveLength(10)
  expect((await s.as(lost).get('/api/session')).statusCode).toBe(401)
  expect((await signIn(lost.email, lost.password, lost.totpSecret)).statusCode).toBe(401)
  expect((await signIn(lost.email, PASSWORD, totpSecret)).statusCode).toBe(200)
  expect((await s.as().post('/api/public/recovery/use', { token, ...(await secrets()) })).statusCode).toBe(410)
  const { rows: [row] } = await s.owner.query('select * from recovery where user_id = $1', [lost.id])
  expect(row).toMatchObject({ approved_by: olivia.id, how: 'in person' })
  expect((await lastEvents('recovery.approve')).at(-1)).toMatchObject({ actor: olivia.id, outcome: 'done' })
})

it('sends the link by e-mail when she is known by voice, and it opens nothing without the code that was said aloud', async () => {
  const lost = await s.person(['front-desk'], { name: 'Vera Voice' })
  await askFor(lost.email)
  const { code, link } = (await s.as(petra).post(`/api/recoveries/${(await askOf('Vera Voice'))?.id}/approve`, { how: 'known voice', confirmed: true })).json()
  expect(link).toBeUndefined()
  expect(code).toMatch(/^\d{6}$/)
  const [mail] = await mailsTo(lost.email)
  const token = tokenOf(/\S+#\S+/.exec(mail?.body ?? '')?.[0] ?? '')
  const use = async (said: string) => s.as().post('/api/public/recovery/use', { token, code: said, ...(await secrets()) })
  const wrongOne = code === '123456' ? '654321' : '123456'
  const wrong = await use(wrongOne)
  expect(wrong.json().errors[0]).toMatchObject({ path: 'code' })
  const guesses = await Promise.all(Array.from({ length: 6 }, () => use(wrongOne)))
  expect(guesses.some((g) => g.statusCode === 410)).toBe(true)
  expect([410, 429]).toContain((await use(code)).statusCode)
})

it('nobody confirms herself, and a link lasts half an hour', async () => {
  await askFor(olivia.email)
  const own = await askOf('Olivia Owner')
  expect(own).toMatchObject({ own: true })
  const refused = await s.as(olivia).post(`/api/recoveries/${own?.id}/approve`, { how: 'video', confirmed: true })
  expect(refused.json().refusal).toMatchObject({ rule: 'not-herself', whoCanFix: expect.stringContaining('compliance') })
  expect((await lastEvents('recovery.approve')).at(-1)).toMatchObject({ actor: olivia.id, outcome: 'denied', rule: 'not-herself' })
  const { link } = (await s.as(petra).post(`/api/recoveries/${own?.id}/approve`, { how: 'in person', confirmed: true })).json()
  await s.owner.query(`update recovery set expires_at = now() - interval '1 second' where user_id = $1`, [olivia.id])
  expect((await s.as().post('/api/public/recovery/look', { token: tokenOf(link) })).statusCode).toBe(410)
  expect((await s.as(petra).post(`/api/recoveries/${newId('rca')}/approve`, { how: 'video', confirmed: true })).statusCode).toBe(404)
  await s.as(petra).post(`/api/recoveries/${own?.id}/dismiss`)
})

it('the only owner of a practice is helped from the command line of the server, on record as such', async () => {
  const alone = await spa()
  const sole = await alone.person(['owner'])
  const { link } = await alone.perform(recoverByOperator, operator(alone.practiceId, 'recover', ['recovery.by-operator']), { email: sole.email })
  const used = await alone.as().post('/api/public/recovery/use', { token: tokenOf(link), ...(await secrets()) })
  expect(used.statusCode, used.body).toBe(200)
  expect((await alone.as(sole).get('/api/users')).statusCode).toBe(401)
  const { rows: [row] } = await alone.owner.query('select approved_by, used_at from recovery')
  expect(row).toMatchObject({ approved_by: 'operator:recover', used_at: expect.any(Date) })
  await expect(alone.perform(recoverByOperator, operator(alone.practiceId, 'recover', ['recovery.by-operator']), { email: 'nobody@example.test' })).rejects.toMatchObject({ status: 404 })
  await alone.close()
})

// --- changes of a person

const cardOf = async (person: TestPerson) => ((await s.as(olivia).get('/api/team')).json() as { id: string; name: string; credential: string; roles: string[]; locationIds: string[]; isProvider: boolean }[]).find((p) => p.id === person.id)
const change = async (person: TestPerson, more: object, by = olivia) => {
  const { name, credential, roles, locationIds, isProvider } = (await cardOf(person)) ?? { name: '', credential: '', roles: [], locationIds: [], isProvider: false }
  return s.as(by).post(`/api/team/${person.id}`, { name, credential, roles, locationIds, isProvider, ...more })
}

it('takes access away at once, and says before and after', async () => {
  const eve = await s.person(['front-desk', 'biller'], { name: 'Eve Example' })
  const done = await change(eve, { roles: ['biller'], name: 'Eve Married', credential: 'LPN' })
  expect(done.json()).toMatchObject({ effect: 'done', gained: [], lost: expect.arrayContaining(['appointment.book']) })
  expect((await s.as(eve).get('/api/hours')).json().refusal).toMatchObject({ rule: 'role' })
  const [line] = (await s.as(petra).get('/api/access-changes')).json()
  expect(line).toMatchObject({
    who: 'Eve Married', by: 'Olivia Owner', alone: false,
    before: { name: 'Eve Example', credential: 'RN', roles: ['Front desk', 'Biller'] }, after: { name: 'Eve Married', credential: 'LPN', roles: ['Biller'] },
  })
  expect(line.loses.some((a: { does: string }) => a.does.includes('book'))).toBe(true)
  expect((await change(eve, {})).json()).toMatchObject({ effect: 'nothing' })
})

// @proves 164.308(a)(4)
it('gives more only when a second person confirms: not the one who proposed it, not the one whom it concerns', async () => {
  const rita = await s.person(['front-desk'], { name: 'Rita Raise' })
  const asked = await change(rita, { roles: ['front-desk', 'compliance-officer'] })
  expect(asked.json()).toMatchObject({ effect: 'proposed', gained: expect.arrayContaining(['role.approve']) })
  const { proposalId } = asked.json()
  expect((await cardOf(rita))?.roles).toEqual(['front-desk'])
  expect((await s.as(rita).get('/api/proposals')).json().refusal).toMatchObject({ rule: 'role' })
  expect((await s.as(olivia).post(`/api/proposals/${proposalId}/confirm`)).json().refusal).toMatchObject({ rule: 'second-person', citation: expect.stringContaining('164.308(a)(3)') })
  const lacking = await s.as(rita).post(`/api/proposals/${proposalId}/confirm`)
  expect(lacking.json().refusal).toMatchObject({ rule: 'role' })
  const [seen] = (await s.as(petra).get('/api/proposals')).json()
  expect(seen).toMatchObject({ about: 'Rita Raise', proposedBy: 'Olivia Owner', you: 'may confirm', before: { roles: ['Front desk'] }, after: { roles: ['Front desk', 'Compliance officer'] } })
  expect((await s.as(petra).post(`/api/proposals/${proposalId}/confirm`)).statusCode).toBe(200)
  expect((await s.as(rita).get('/api/proposals')).statusCode).toBe(200)
  expect((await s.as(petra).post(`/api/proposals/${proposalId}/confirm`)).statusCode).toBe(409)
  const [line] = (await s.as(petra).get('/api/access-changes')).json()
  expect(line).toMatchObject({ who: 'Rita Raise', by: 'Olivia Owner', confirmedBy: 'Petra Compliance', alone: false })
  expect((await s.trailOf()).filter((e) => e.action === 'role.approve').map((e) => [e.actor, e.outcome, e.rule]).slice(-4)).toEqual([
    [olivia.id, 'denied', 'second-person'], [rita.id, 'denied', 'role'], [petra.id, 'done', ''], [petra.id, 'failed', '409 conflict'],
  ])
  const herself = await change(petra, { roles: ['compliance-officer', 'physician'] })
  expect((await s.as(petra).post(`/api/proposals/${herself.json().proposalId}/confirm`)).json().refusal).toMatchObject({ rule: 'not-herself' })
  expect((await s.as(rita).post(`/api/proposals/${herself.json().proposalId}/decline`)).statusCode).toBe(200)
  expect((await cardOf(petra))?.roles).toEqual(['compliance-officer'])
  expect((await s.as(petra).post(`/api/proposals/${newId('prp')}/confirm`)).statusCode).toBe(404)
  await change(rita, { roles: ['front-desk'] })
})

it('a proposal lasts seven days, is worth nothing when she changed meanwhile, and a newer one takes its place', async () => {
  const ines = await s.person(['front-desk'], { name: 'Ines Interim' })
  const first = (await change(ines, { roles: ['front-desk', 'biller', 'marketing', 'injector'] })).json().proposalId
  const second = (await change(ines, { roles: ['front-desk', 'injector'] })).json().proposalId
  expect((await s.as(petra).post(`/api/proposals/${first}/confirm`)).statusCode).toBe(409)
  await s.owner.query(`update app_user set roles = '{biller}' where id = $1`, [ines.id])
  expect((await s.as(petra).post(`/api/proposals/${second}/confirm`)).statusCode).toBe(409)
  await s.owner.query(`update app_user set roles = '{front-desk}' where id = $1`, [ines.id])
  await s.owner.query(`update proposal set expires_at = now() - interval '1 minute' where id = $1`, [second])
  expect((await s.as(petra).post(`/api/proposals/${second}/confirm`)).statusCode).toBe(409)
  expect((await s.as(petra).get('/api/proposals')).json()).toEqual([])
})

it('never leaves the practice without an owner', async () => {
  const refused = await change(olivia, { roles: ['front-desk'] })
  expect(refused.json().refusal).toMatchObject({ rule: 'last-owner', whoCanFix: expect.any(String), fix: expect.any(Object) })
  expect((await change(await s.person(['marketing']), { roles: ['no-such-role'] })).statusCode).toBe(422)
  expect((await s.as(olivia).post(`/api/team/${newId('usr')}`, { name: 'X', credential: '', roles: ['marketing'], locationIds: [s.locationId], isProvider: false })).statusCode).toBe(404)
})

it('where nobody could confirm, a raise needs a written reason and stays marked until somebody else looked at it', async () => {
  const alone = await spa()
  const sole = await alone.person(['owner'], { name: 'Sole Owner' })
  const posture = async () => ((await alone.as(sole).get('/api/posture')).json().controls as { name: string; state: string; evidence: string }[]).find((c) => c.name === 'two-people-raise')
  expect(await posture()).toMatchObject({ state: 'in force' })
  const body = { name: 'Sole Owner', credential: 'NP', roles: ['owner', 'advanced-practitioner'], locationIds: [alone.locationId], isProvider: true }
  const mute = await alone.as(sole).post(`/api/team/${sole.id}`, body)
  expect(mute.json().errors[0]).toMatchObject({ path: 'reason' })
  const done = await alone.as(sole).post(`/api/team/${sole.id}`, { ...body, reason: 'I treat patients myself; there is nobody else.' })
  expect(done.json()).toMatchObject({ effect: 'done alone' })
  expect(await posture()).toMatchObject({ state: 'attention', evidence: expect.stringContaining('alone') })
  const line = (await alone.as(sole).get('/api/access-changes')).json().find((c: { alone: boolean }) => c.alone)
  expect(line).toMatchObject({ alone: true, mayReview: false, reason: expect.stringContaining('nobody else') })
  expect((await alone.as(sole).post(`/api/access-changes/${line.id}/review`)).json().refusal).toMatchObject({ rule: 'second-person' })
  const later = await alone.person(['compliance-officer'])
  expect((await alone.as(later).post(`/api/access-changes/${line.id}/review`)).statusCode).toBe(200)
  expect((await alone.as(later).post(`/api/access-changes/${line.id}/review`)).statusCode).toBe(409)
  expect(await posture()).toMatchObject({ state: 'in force' })
  await alone.close()
})

// --- roles

const shipped = (name: string) => [...(ROLES.get(name)?.actions ?? [])]
const grants = async (who: TestPerson) => (await s.as(who).get('/api/session')).json().user.grants as string[]
const draft = (name: string, actions: readonly string[], more: object = {}) => ({ name, title: ROLES.get(name)?.title ?? name, basedOn: name, actions, ...more })

it('shows roles with how many people hold them, and each with its actions in words, its floor and what is locked', async () => {
  const listed = (await s.as(olivia).get('/api/roles')).json() as { name: string; people: number; floor?: string; kind: string }[]
  expect(listed.find((r) => r.name === 'owner')).toMatchObject({ kind: 'shipped', people: 1 })
  const marketing = (await s.as(olivia).get('/api/roles/marketing')).json()
  expect(marketing.floor).toContain('never opens charts')
  expect(marketing.actions.find((a: { name: string }) => a.name === 'chart.open')).toMatchObject({ has: false, phi: 'clinical', area: 'Charts and photos', locked: marketing.floor })
  expect(marketing.actions.find((a: { name: string }) => a.name === 'service.list')).toMatchObject({ has: true })
  expect((await s.as(olivia).get('/api/roles/nothing')).statusCode).toBe(404)
  expect((await s.as(await s.person(['front-desk'])).get('/api/roles')).json().refusal).toMatchObject({ rule: 'role' })
})

// @proves 164.514(d)
it('refuses to open charts to marketing with the words of the floor, and a row that was tampered with gives nothing', async () => {
  const mara = await s.person(['marketing'], { name: 'Mara Marketing' })
  const ana = await s.patient()
  const refused = await s.as(olivia).post('/api/roles', draft('marketing', [...shipped('marketing'), 'chart.open', 'note.list']))
  expect(refused.json().refusal).toMatchObject({ rule: 'floor', why: expect.stringContaining('Marketing never opens charts'), citation: expect.stringContaining('164.514(d)') })
  expect((await lastEvents('role.save')).at(-1)).toMatchObject({ actor: olivia.id, outcome: 'denied', rule: 'floor' })
  await s.owner.query(
    `insert into role_change (practice_id, id, name, title, based_on, adds, removes, changed_at, changed_by)
     values ($1, $2, 'marketing', 'Marketing', 'marketing', '{chart.open,note.list,photo.view,practice.create,message.take}', '{}', now(), 'nobody')`, [s.practiceId, newId('rol')])
  const session = (await s.as({ cookie: `nacre=${await s.sessionFor(mara.id)}` }).get('/api/session')).json()
  expect(session.user.grants).not.toEqual(expect.arrayContaining(['chart.open']))
  for (const name of ['chart.open', 'note.list', 'photo.view', 'practice.create', 'message.take']) expect(session.user.grants).not.toContain(name)
  expect((await s.as({ cookie: `nacre=${await s.sessionFor(mara.id)}` }).get(`/api/patients/${ana.id}/notes`)).statusCode).toBe(403)
  await s.owner.query(`delete from role_change where name = 'marketing'`)
  const own = await s.as(olivia).post('/api/roles/preview', { title: 'Social media', basedOn: 'marketing', actions: ['photo.view'] })
  expect(own.json().refusal).toMatchObject({ rule: 'floor' })
  expect((await s.as(olivia).post('/api/roles', draft('injector', [...shipped('injector'), 'message.take']))).json().errors[0].path).toBe('actions')
})

it('says before a role is saved what it opens or closes and for whom, and then asks a second person for what it opens', async () => {
  const [bea] = [await s.person(['biller'], { name: 'Bea Biller' }), await s.person(['biller', 'front-desk'], { name: 'Bo Both' })]
  const wider = draft('biller', [...shipped('biller').filter((a) => a !== 'checkout.void'), 'patient.create'])
  const preview = (await s.as(olivia).post('/api/roles/preview', wider)).json()
  expect(preview).toMatchObject({ takes: 'second person', confirmers: ['Petra Compliance'], people: expect.arrayContaining(['Bea Biller', 'Bo Both']) })
  expect(preview.opens).toEqual([expect.objectContaining({ name: 'patient.create', for: expect.arrayContaining(['Bea Biller']) })])
  // Whoever has it by another role already gains nothing, and loses nothing.
  expect(preview.opens[0].for).not.toContain('Bo Both')
  expect(preview.closes).toEqual([expect.objectContaining({ name: 'checkout.void', for: expect.not.arrayContaining(['Bo Both']) })])
  const saved = (await s.as(olivia).post('/api/roles', { ...wider, reason: 'She registers patients now' })).json()
  expect(saved).toMatchObject({ effect: 'proposed' })
  expect(await grants(bea)).not.toContain('patient.create')
  expect((await s.as(olivia).post(`/api/proposals/${saved.proposalId}/confirm`)).json().refusal).toMatchObject({ rule: 'second-person' })
  const [waiting] = (await s.as(petra).get('/api/proposals')).json()
  expect(waiting).toMatchObject({ kind: 'role', about: 'Biller', reason: 'She registers patients now' })
  expect(waiting.gains.map((a: { name: string }) => a.name)).toEqual(['patient.create'])
  expect((await s.as(petra).post(`/api/proposals/${saved.proposalId}/confirm`)).statusCode).toBe(200)
  expect(await grants(bea)).toContain('patient.create')
  expect(await grants(bea)).not.toContain('checkout.void')
  const back = (await s.as(olivia).post('/api/roles', draft('biller', shipped('biller')))).json()
  // Putting back gives `checkout.void` again: that, too, is a raise.
  expect(back).toMatchObject({ effect: 'proposed' })
  await s.as(petra).post(`/api/proposals/${back.proposalId}/confirm`)
  expect((await s.owner.query(`select from role_change where name = 'biller'`)).rowCount).toBe(0)
})

it('closes at once what a role loses', async () => {
  const mo = await s.person(['marketing'], { name: 'Mo' })
  const saved = (await s.as(olivia).post('/api/roles', draft('marketing', shipped('marketing').filter((a) => a !== 'service.list')))).json()
  expect(saved).toMatchObject({ effect: 'done' })
  expect((await s.as(mo).get('/api/services')).json().refusal).toMatchObject({ rule: 'role' })
  await s.owner.query(`delete from role_change where name = 'marketing'`)
})

it('nobody confirms a raise of a role that she holds herself', async () => {
  const second = await s.person(['owner'], { name: 'Owen Owner' })
  const saved = (await s.as(olivia).post('/api/roles', draft('compliance-officer', [...shipped('compliance-officer'), 'user.change']))).json()
  expect(saved).toMatchObject({ effect: 'proposed' })
  expect((await s.as(petra).get('/api/proposals')).json()[0]).toMatchObject({ you: 'are concerned' })
  expect((await s.as(petra).post(`/api/proposals/${saved.proposalId}/confirm`)).json().refusal).toMatchObject({ rule: 'not-herself' })
  expect((await s.as(second).post(`/api/proposals/${saved.proposalId}/confirm`)).statusCode).toBe(200)
  await s.as(olivia).post('/api/roles', draft('compliance-officer', shipped('compliance-officer')))
  await s.owner.query('update app_user set active = false where id = $1', [second.id])
})

it('an owner keeps what is needed to take a change back, whatever is saved or written into the row', async () => {
  const less = await s.as(olivia).post('/api/roles', draft('owner', shipped('owner').filter((a) => a !== 'role.save')))
  expect(less.json().refusal).toMatchObject({ rule: 'owner-keeps' })
  await s.owner.query(
    `insert into role_change (practice_id, id, name, title, based_on, adds, removes, changed_at, changed_by)
     values ($1, $2, 'owner', 'Owner', 'owner', '{}', '{role.save,user.change}', now(), 'nobody')`, [s.practiceId, newId('rol')])
  const session = (await s.as({ cookie: `nacre=${await s.sessionFor(olivia.id)}` }).get('/api/session')).json()
  expect(session.user.grants).toEqual(expect.arrayContaining(['role.save', 'user.change']))
  await s.owner.query(`delete from role_change where name = 'owner'`)
})

it('makes a role of its own, renames it, and removes it only when nobody holds it', async () => {
  const made = (await s.as(olivia).post('/api/roles', { title: 'Concierge 2', basedOn: 'front-desk', actions: ['practice.card', 'calendar.day'] })).json()
  expect(made).toMatchObject({ effect: 'done', name: 'own-concierge' })
  expect((await s.as(olivia).post('/api/roles', { title: 'concierge 2', basedOn: 'front-desk', actions: [] })).json().errors[0].path).toBe('title')
  await s.as(olivia).post('/api/roles', { name: made.name, title: 'Welcome', basedOn: 'front-desk', actions: ['practice.card', 'calendar.day'] })
  expect((await s.as(olivia).get('/api/roles')).json().find((r: { name: string }) => r.name === made.name)).toMatchObject({ title: 'Welcome', kind: 'own', people: 0 })
  const wanda = await s.person([made.name], { name: 'Wanda Welcome' })
  expect((await s.as(wanda).get('/api/session')).json().user).toMatchObject({ roleTitles: ['Welcome'], home: '/calendar' })
  const held = await s.as(olivia).delete(`/api/roles/${made.name}`)
  expect(held.json()).toMatchObject({ status: 409, detail: expect.stringContaining('Wanda Welcome') })
  await change(wanda, { roles: ['marketing'] })
  const proposals = (await s.as(olivia).get('/api/proposals')).json() as { id: string; about: string }[]
  for (const { id, about } of proposals) if (about === 'Wanda Welcome') await s.as(petra).post(`/api/proposals/${id}/confirm`)
  expect((await s.as(olivia).delete(`/api/roles/${made.name}`)).statusCode).toBe(200)
  expect((await s.as(olivia).delete(`/api/roles/${made.name}`)).statusCode).toBe(404)
  expect((await s.as(olivia).delete('/api/roles/injector')).statusCode).toBe(409)
})

it('an invitation to a role that came to manage access after it was sent no longer works', async () => {
  const made = (await s.as(olivia).post('/api/roles', { title: 'Assistant', basedOn: 'front-desk', actions: ['practice.card'] })).json()
  const { link } = (await s.as(olivia).post('/api/invitations', entry({ roles: [made.name] }))).json()
  const raised = (await s.as(olivia).post('/api/roles', { name: made.name, title: 'Assistant', basedOn: 'front-desk', actions: ['practice.card', 'user.invite'] })).json()
  expect(raised).toMatchObject({ effect: 'proposed' })
  expect((await s.as(petra).post(`/api/proposals/${raised.proposalId}/confirm`)).statusCode).toBe(200)
  expect((await join(link)).statusCode).toBe(410)
})

// --- leaving

const within5Seconds = async (ask: () => Promise<number>) => {
  for (const began = Date.now(); Date.now() - began < 5000; await new Promise((r) => setTimeout(r, 100))) if ((await ask()) === 401) return true
  return false
}

// @proves 164.308(a)(3)(ii)(C)
it('ends everything by which somebody gets in, in one act, and every open session refuses within five seconds', async () => {
  const leo = await s.person(['owner'], { name: 'Leo Leaving' })
  const second = { cookie: `nacre=${await s.sessionFor(leo.id)}` }
  const token = (await s.as(leo).post('/api/tokens', { label: 'Sync', actions: ['service.list'], locationIds: [s.locationId] })).json().token as string
  const api = () => s.server.inject({ method: 'GET', url: '/api/services', headers: { authorization: `Bearer ${token}` } })
  const invited = (await s.as(leo).post('/api/invitations', entry({ name: 'Friend' }))).json()
  const raise = (await change(await s.person(['marketing'], { name: 'Friend Two' }), { roles: ['marketing', 'biller'] }, leo)).json()
  await s.as(leo).post('/api/access-requests', { action: 'note.list', reason: 'curious' })
  for (const open of [leo, second]) expect((await s.as(open).get('/api/users')).statusCode).toBe(200)
  expect((await api()).statusCode).toBe(200)

  const left = await s.as(olivia).post(`/api/team/${leo.id}/offboard`, { reason: 'Contract ended' })
  expect(left.statusCode, left.body).toBe(200)
  expect(left.json()).toMatchObject({ name: 'Leo Leaving', by: 'Olivia Owner', reason: 'Contract ended', roleTitles: ['Owner'] })
  const ended = Object.fromEntries(left.json().ended.map((e: { what: string; count: number }) => [e.what, e.count]))
  expect(ended).toMatchObject({ 'sessions': 2, 'API tokens': 1, 'requests for access': 1, 'raises that waited': 1 })
  for (const open of [leo, second]) expect(await within5Seconds(async () => (await s.as(open).get('/api/users')).statusCode)).toBe(true)
  expect(await within5Seconds(async () => (await api()).statusCode)).toBe(true)
  expect((await signIn(leo.email, leo.password, leo.totpSecret)).statusCode).toBe(401)
  expect((await join(invited.link)).statusCode).toBe(410)
  expect((await s.as(petra).post(`/api/proposals/${raise.proposalId}/confirm`)).statusCode).toBe(409)
  expect((await s.as(petra).get('/api/departures')).json()[0]).toMatchObject({ name: 'Leo Leaving', ended: left.json().ended })
  expect((await lastEvents('user.offboard')).at(-1)).toMatchObject({ actor: olivia.id, outcome: 'done' })
  expect((await s.as(olivia).post(`/api/team/${leo.id}/offboard`, { reason: 'Again' })).statusCode).toBe(404)

  // Back again: invited, with new secrets, and the same person for the trail.
  const back = (await s.as(olivia).post('/api/invitations', entry({ email: leo.email, name: 'Leo Back', roles: ['front-desk'] }))).json()
  const totpSecret = newTotpSecret()
  expect((await join(back.link, await secrets(totpSecret))).statusCode).toBe(200)
  expect((await signIn(leo.email, PASSWORD, totpSecret)).json().user).toMatchObject({ id: leo.id, name: 'Leo Back', roles: ['front-desk'] })
})

it('a session that another process remembers refuses within five seconds, too', async () => {
  const ada = await s.person(['front-desk'], { name: 'Ada Away' })
  expect((await s.as(ada).get('/api/users')).statusCode).toBe(200)
  // Ended behind this process's back, as another process would.
  await s.owner.query('update app_user set active = false where id = $1', [ada.id])
  expect(await within5Seconds(async () => (await s.as(ada).get('/api/users')).statusCode)).toBe(true)
})

it('nobody ends her own access, nor the last owner’s, nor without a reason', async () => {
  expect((await s.as(olivia).post(`/api/team/${olivia.id}/offboard`, { reason: 'Bye' })).json().refusal).toMatchObject({ rule: 'not-herself' })
  const other = await s.person(['owner'])
  await s.owner.query('update app_user set active = false where id = $1', [olivia.id])
  const deputy = await s.person(['it-support'], { name: 'Dee Deputy' })
  await s.owner.query(
    `insert into role_change (practice_id, id, name, title, based_on, adds, removes, changed_at, changed_by)
     values ($1, $2, 'own-deputy', 'Deputy', 'owner', '{}', '{}', now(), 'nobody')`, [s.practiceId, newId('rol')])
  await s.owner.query(`update app_user set roles = '{own-deputy}' where id = $1`, [deputy.id])
  const asDeputy = s.as({ cookie: `nacre=${await s.sessionFor(deputy.id)}` })
  expect((await asDeputy.post(`/api/team/${other.id}/offboard`, { reason: 'Gone' })).json().refusal).toMatchObject({ rule: 'last-owner' })
  await s.owner.query('update app_user set active = true where id = $1', [olivia.id])
  expect((await asDeputy.post(`/api/team/${other.id}/offboard`, { reason: '' })).statusCode).toBe(422)
  expect((await asDeputy.post(`/api/team/${other.id}/offboard`, { reason: 'Gone' })).statusCode).toBe(200)
  expect((await s.as(petra).post(`/api/team/${deputy.id}/offboard`, { reason: 'Gone' })).json().refusal).toMatchObject({ rule: 'role' })
  await s.owner.query(`update app_user set active = false where id = $1`, [deputy.id])
})

it('finds people who have not signed in for 90 days', async () => {
  const posture = async () => ((await s.as(olivia).get('/api/posture')).json().controls as { name: string; state: string; evidence: string }[]).find((c) => c.name === 'leavers-ended')
  expect(await posture()).toMatchObject({ state: 'in force' })
  const ida = await s.person(['front-desk'], { name: 'Ida Idle' })
  await s.owner.query(`update session set created_at = now() - interval '91 days' where user_id = $1`, [ida.id])
  expect(await posture()).toMatchObject({ state: 'attention', evidence: expect.stringContaining('1 of') })
  const listed = (await s.as(olivia).get('/api/team')).json() as { id: string; idle: boolean; lastSignInAt: string }[]
  expect(listed.find((p) => p.id === ida.id)).toMatchObject({ idle: true })
  expect(listed.find((p) => p.id === olivia.id)).toMatchObject({ idle: false })
  await s.as(olivia).post(`/api/team/${ida.id}/offboard`, { reason: 'Not seen for 90 days' })
  expect(await posture()).toMatchObject({ state: 'in force' })
})

// --- tokens of integrations

const bearer = (token: string, method: 'GET' | 'POST', url: string, more: { payload?: object; headers?: Record<string, string>; ip?: string } = {}) =>
  s.server.inject({ method, url, headers: { authorization: `Bearer ${token}`, ...more.headers }, ...(more.payload ? { payload: more.payload } : {}), remoteAddress: more.ip ?? '10.0.0.1' })

it('a token does what it was made for and nothing else, as its owner, and never more than she may', async () => {
  const tess = await s.person(['owner'], { name: 'Tess Token' })
  const made = await s.as(tess).post('/api/tokens', { label: 'Website', actions: ['service.list', 'patient.find', 'practice.card'], locationIds: [s.locationId] })
  expect(made.statusCode, made.body).toBe(200)
  const { token, id, expiresAt } = made.json()
  expect(token).toMatch(/^nacre_prc_[0-9a-z]{26}\.[\w-]{43}$/)
  expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(90)
  expect((await bearer(token, 'GET', '/api/services')).statusCode).toBe(200)
  const refused = await bearer(token, 'GET', '/api/users')
  expect(refused.json().refusal).toMatchObject({ rule: 'role' })
  const { rows: [event] } = await s.owner.query(`select actor, via, outcome from audit.event where action = 'user.list' order by at desc, id desc limit 1`)
  expect(event).toEqual({ actor: tess.id, via: id, outcome: 'denied' })
  const { rows } = await s.owner.query('select * from api_token')
  expect(JSON.stringify(rows)).not.toContain(token.split('.')[1])
  // Her role shrinks: so does the token.
  await s.owner.query(`update app_user set roles = '{it-support}' where id = $1`, [tess.id])
  await new Promise((r) => setTimeout(r, 3200))
  expect((await bearer(token, 'GET', '/api/services')).json().refusal).toMatchObject({ rule: 'role' })
  expect((await bearer(token, 'GET', '/api/practice')).statusCode).toBe(200)
  await s.owner.query('update app_user set active = false where id = $1', [tess.id])
})

it('a token ignores cookies, needs no origin, proves nothing, and can do nothing that asks for a proof', async () => {
  const beyond = await s.as(olivia).post('/api/tokens', { label: 'Too much', actions: ['user.invite'], locationIds: [s.locationId] })
  expect(beyond.json().errors[0]).toMatchObject({ path: 'actions' })
  expect((await s.as(olivia).post('/api/tokens', { label: 'Notes', actions: ['note.list'], locationIds: [s.locationId] })).json().errors[0].path).toBe('actions')
  expect((await s.as(olivia).post('/api/tokens', { label: 'Far', actions: ['service.list'], locationIds: [newId('loc')] })).json().errors[0].path).toBe('locationIds')
  expect((await s.as(olivia).post('/api/tokens', { label: 'Ever', actions: ['service.list'], locationIds: [s.locationId], days: 366 })).json().errors[0].path).toBe('days')
  const { token, id } = (await s.as(olivia).post('/api/tokens', { label: 'Desk', actions: ['service.list', 'patient.card', 'service.change'], locationIds: [s.locationId] })).json()
  // The row is tampered with: a step that asks for a proof stays shut.
  await s.owner.query(`update api_token set actions = actions || '{user.offboard,session.view}'::text[] where id = $1`, [id])
  expect((await bearer(token, 'POST', `/api/team/${petra.id}/offboard`, { payload: { reason: 'hack' } })).statusCode).toBe(403)
  const both = await bearer(token, 'GET', '/api/session', { headers: { cookie: olivia.cookie } })
  expect(both.statusCode).toBe(403)
  const crossSite = await bearer(token, 'POST', '/api/services', { payload: { name: 'Peel', minutes: 30, priceCents: 1, onlineBooking: false, active: true, providerIds: [] }, headers: { origin: 'https://integration.example', host: 'nacre.test' } })
  expect(crossSite.statusCode, crossSite.body).toBe(200)
  const withCookie = await s.server.inject({ method: 'POST', url: '/api/services', headers: { cookie: olivia.cookie, authorization: 'Basic eA==', origin: 'https://integration.example', host: 'nacre.test' }, payload: {} })
  expect(withCookie.statusCode).toBe(403)
})

it('a wrong, expired or revoked token is refused, recorded once, and guessing is slowed down', async () => {
  const { token, id } = (await s.as(olivia).post('/api/tokens', { label: 'Short', actions: ['service.list'], locationIds: [s.locationId], days: 1 })).json()
  const seen = async () => (await s.owner.query('select last_used_at from api_token where id = $1', [id])).rows[0].last_used_at
  expect(await seen()).toBeNull()
  expect((await bearer(token, 'GET', '/api/services')).statusCode).toBe(200)
  const first = await seen()
  expect(first).not.toBeNull()
  const refusals = async () => (await lastEvents('token.resolve')).length
  const before = await refusals()
  const wrong = await bearer(`nacre_${s.practiceId}.${'x'.repeat(43)}`, 'GET', '/api/services', { ip: '10.0.0.7' })
  expect(wrong.statusCode).toBe(401)
  expect(await refusals()).toBe(before + 1)
  expect((await lastEvents('token.resolve')).at(-1)).toMatchObject({ actor: 'public', outcome: 'denied', rule: 'token' })
  expect((await bearer(`nacre_${newId('prc')}.${'x'.repeat(43)}`, 'GET', '/api/services', { ip: '10.0.0.7' })).statusCode).toBe(401)
  expect(await refusals()).toBe(before + 1)
  expect((await s.owner.query('select count(distinct practice_id)::int as n from audit.event')).rows[0].n).toBe(1)
  const desk = await s.person(['front-desk'])
  await s.owner.query(`update app_user set roles = '{it-support}' where id = $1`, [desk.id])
  expect((await s.as(desk).post(`/api/tokens/${id}/revoke`)).json().refusal).toMatchObject({ rule: 'role' })
  expect((await s.as(petra).post(`/api/tokens/${id}/revoke`)).statusCode).toBe(200)
  expect((await bearer(token, 'GET', '/api/services')).statusCode).toBe(401)
  expect((await s.as(olivia).get('/api/tokens/mine')).json().tokens.find((t: { id: string }) => t.id === id)).toMatchObject({ state: 'revoked', label: 'Short' })
  expect((await s.as(olivia).post(`/api/tokens/${newId('tok')}/revoke`)).statusCode).toBe(404)
  const old = (await s.as(olivia).post('/api/tokens', { label: 'Old', actions: ['service.list'], locationIds: [s.locationId] })).json()
  await s.owner.query(`update api_token set expires_at = now() - interval '1 second' where id = $1`, [old.id])
  expect((await bearer(old.token, 'GET', '/api/services', { ip: '10.0.0.8' })).statusCode).toBe(401)
  const storm = await Promise.all(Array.from({ length: 40 }, (_, i) => bearer(`nacre_${s.practiceId}.${'y'.repeat(40)}${100 + i}`, 'GET', '/api/services', { ip: '10.0.0.9' })))
  storm.push(await bearer(`nacre_${s.practiceId}.${'z'.repeat(43)}`, 'GET', '/api/services', { ip: '10.0.0.9' }))
  expect(storm.some((a) => a.statusCode === 429)).toBe(true)
})
