import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { invalid, notFound, Problem, tooMany, unauthenticated } from '#kernel/errors.ts'
import { PracticeId, UserId } from '#kernel/id.ts'
import { Origin } from '#kernel/origin.ts'
import { roleAlone } from '#kernel/policy.ts'
import { upTo } from '#kernel/statement.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { beginSession, countAddress, forgetAddress, RACED_TRIES, secondFactorOf } from '#modules/identity'
import { SessionView, user } from '#schema/identity'
import { practice } from '#schema/practices'
import { provedTwoFactors } from './second-factor.ts'
import { ProviderCard, ProviderEntry, ssoAccount, ssoHalf, ssoProvider, SsoProviderId, ssoTry } from './schema.ts'

const nobody = () => '-'
const WAY_MINUTES = 10
const HALF_MINUTES = 5
const MOST_CODES = 5
const TOKEN_BYTES = 32
const newToken = () => Buffer.from(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))).toString('base64url')
const unlinked = () =>
  new Problem(401, 'Signed out', 'Your organisation says who you are, but no account here goes with it. Ask the practice owner to add you with the same e-mail address.', { reason: 'no-account' })

export const listProviders = action({
  name: 'sso.list',
  does: 'see with which organisations people can sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(ProviderCard),
  run: (tx) => tx.list(ssoProvider, {}, { orderBy: 'label', open: [] }),
})

export const changeProvider = action({
  name: 'sso.change',
  does: 'set up how people sign in with an organisation (OpenID Connect)',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: ProviderEntry,
  output: ProviderCard,
  run: async (tx, { id, clientSecret, ...fields }) => {
    const changedAt = tx.now
    if (!id) {
      if (!clientSecret) throw invalid([{ path: 'clientSecret', message: 'is needed: the provider shows it once, where the client was registered' }])
      return tx.add(ssoProvider, { ...fields, clientSecret, changedAt })
    }
    const before = await tx.get(ssoProvider, { id }, [])
    await tx.change(ssoProvider, { id }, { ...fields, changedAt, ...(clientSecret ? { clientSecret } : {}) })
    // Another issuer's subjects are other people.
    if (before.issuer !== fields.issuer) await tx.remove(ssoAccount, { providerId: id })
    return tx.get(ssoProvider, { id }, [])
  },
})

/** What the sign-in page shows to anybody: a label, and nothing of who has an account. */
export const offeredProviders = action({
  name: 'sso.offer',
  does: 'see the buttons of the sign-in page',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(ssoProvider.fields.pick({ id: true, label: true })),
  run: async (tx) => (await tx.list(ssoProvider, { active: true }, { orderBy: 'label', open: [] })).map(({ id, label }) => ({ id, label })),
})

const Client = ssoProvider.fields.pick({ issuer: true, clientId: true, clientSecret: true, acrValues: true }).extend({ redirectUri: z.string() })
const REDIRECT_PATH = '/api/sso/callback'
const clientOf = async (tx: Tx, provider: Value<typeof ssoProvider>): Promise<z.infer<typeof Client>> => {
  const { baseUrl } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
  const { issuer, clientId, clientSecret, acrValues } = provider
  return { issuer, clientId, clientSecret, acrValues, redirectUri: `${baseUrl}${REDIRECT_PATH}` }
}

const Way = z.object({ providerId: SsoProviderId, state: z.string(), nonce: z.string(), codeVerifier: z.string(), browser: z.string() })
/** Bound to no URL: platform/openid.ts performs it and keeps what it answers. */
export const beginSso = action({
  name: 'sso.begin',
  does: 'go to an organisation to sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Way,
  output: Client,
  run: async (tx, way) => {
    const provider = await tx.find(ssoProvider, { id: way.providerId, active: true })
    if (!provider) throw notFound('way to sign in')
    await tx.remove(ssoTry, { expiresAt: upTo(tx.now) })
    await tx.add(ssoTry, { ...way, expiresAt: afterMinutes(tx.now, WAY_MINUTES) })
    return clientOf(tx, provider)
  },
})

/** The way back: once, in the browser that began it. Taken before the provider is asked, so that an answer can never be used twice. */
export const takeSso = action({
  name: 'sso.take',
  does: 'come back from an organisation',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ state: z.string().max(200), browser: z.string().max(200) }),
  output: z.object({ client: Client, way: Way.omit({ state: true, browser: true }) }),
  run: async (tx, { state, browser }) => {
    const found = await tx.find(ssoTry, { state, browser })
    if (!found || found.expiresAt <= tx.now) throw unauthenticated('This sign-in took too long, or was begun in another browser. Begin again.')
    // Who comes second finds it gone.
    await tx.lock(ssoTry, { id: found.id })
    await tx.remove(ssoTry, { id: found.id })
    const provider = await tx.find(ssoProvider, { id: found.providerId, active: true })
    if (!provider) throw unauthenticated('This way to sign in was switched off. Use your password, or ask the practice owner.')
    const { providerId, nonce, codeVerifier } = found
    return { client: await clientOf(tx, provider), way: { providerId, nonce, codeVerifier } }
  },
})

const Claims = z.object({
  providerId: SsoProviderId,
  subject: z.string().min(1).max(255),
  email: z.string().max(254).optional(),
  emailVerified: z.boolean(),
  amr: z.array(z.string()).optional(),
  acr: z.string().optional(),
  origin: Origin,
})
const accountOf = async (tx: Tx, provider: Value<typeof ssoProvider>, { subject, email, emailVerified }: z.infer<typeof Claims>) => {
  const linked = await tx.find(ssoAccount, { providerId: provider.id, subject })
  if (linked) return tx.find(user, { id: linked.userId, active: true })
  const address = email?.trim().toLowerCase() ?? ''
  if (!emailVerified || !provider.domains.includes(address.split('@')[1] ?? '')) return undefined
  const who = await tx.find(user, { email: address, active: true })
  if (who) await tx.add(ssoAccount, { providerId: provider.id, subject, userId: who.id, linkedAt: tx.now })
  return who
}

/** What an ID token said, after platform/openid.ts has checked it. Bound to no URL: nobody can say it of herself. */
export const signInBySso = action({
  name: 'sso.sign-in',
  does: 'sign in with an organisation',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Claims,
  output: z.union([z.object({ session: z.string(), mark: z.string() }), z.object({ half: z.string() })]),
  run: async (tx, claims) => {
    const provider = await tx.get(ssoProvider, { id: claims.providerId }, [])
    const who = await accountOf(tx, provider, claims)
    if (!who) throw unlinked()
    if (provider.secondFactor === 'provider' && provedTwoFactors(claims, provider.acrValues)) {
      const { token, mark } = await beginSession(tx, who, { from: { origin: claims.origin, with: 'organisation' } })
      return { session: token, mark }
    }
    const half = newToken()
    await tx.remove(ssoHalf, { expiresAt: upTo(tx.now) })
    await tx.add(ssoHalf, { token: half, userId: who.id, tries: 0, expiresAt: afterMinutes(tx.now, HALF_MINUTES) })
    return { half }
  },
})

const Second = z.object({ half: z.string().min(1).max(100), code: z.string().trim().min(6).max(40), origin: Origin })
const openHalf = async (tx: Tx, half: string) => {
  const found = await tx.find(ssoHalf, { token: half })
  if (!found || found.expiresAt <= tx.now) throw unauthenticated('This sign-in took too long. Begin again.')
  return found
}
const accountKey = (userId: string) => `second factor of ${userId}`
/** Counted before it is known whether it is right, so that parallel guesses cannot slip through. */
export const countSecond = action({
  name: 'sso.try-second',
  does: 'try a second factor after an organisation has said who it is',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  raced: RACED_TRIES,
  input: Second,
  output: z.object({}),
  run: async (tx, { half }) => {
    const { id, tries, userId } = await tx.lock(ssoHalf, { id: (await openHalf(tx, half)).id })
    // Of the account as well, however often it is begun anew: whoever holds its key at the organisation has only one factor.
    await countAddress(tx, accountKey(userId))
    if (tries >= MOST_CODES) throw tooMany(HALF_MINUTES * 60, 'Too many wrong codes. Begin again with your organisation.')
    await tx.change(ssoHalf, { id }, { tries: tries + 1 })
    return {}
  },
})
export const giveSecond = action({
  name: 'sso.second',
  does: 'give the second factor after an organisation has said who it is',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Second,
  output: SessionView.extend({ token: z.string(), mark: z.string() }),
  run: async (tx, { half, code, origin }) => {
    const { id, userId } = await tx.lock(ssoHalf, { id: (await openHalf(tx, half)).id })
    const who = await tx.find(user, { id: UserId.parse(userId), active: true })
    if (!who || !(await secondFactorOf(tx, who, code))) throw unauthenticated('That code is wrong, or was used already. Wait for the next one.')
    await tx.remove(ssoHalf, { id })
    await forgetAddress(tx, accountKey(who.id))
    return beginSession(tx, who, { from: { origin, with: 'organisation and code' } })
  },
})
