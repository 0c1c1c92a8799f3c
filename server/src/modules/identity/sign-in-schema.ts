import { z } from 'zod'
import { id } from '#kernel/id.ts'
import { Origin } from '#kernel/origin.ts'
import { hashed, record, sealed } from '#kernel/record.ts'
import { PasskeyAnswer } from './passkey-shapes.ts'
import { BrowserId, SessionId, UserId } from './schema.ts'

/** What stands around signing in: passkeys and their challenges, browsers known again, tries counted, notices. */

export const PasskeyId = id('pky')
/** A key pair whose private half never leaves its device; using it asks for finger, face or PIN, so that it is both factors. @hipaa 164.312(d) */
export const passkey = record(
  'passkey',
  {
    id: PasskeyId,
    userId: UserId,
    credentialId: sealed(z.string(), { find: 'exact' }),
    /** COSE, base64url. */
    publicKey: sealed(z.string()),
    /** Of signatures, as its device last said. One that falls behind means that there are two of it. */
    counter: z.number().int(),
    transports: z.array(z.string()),
    /** Kept by its maker in several devices (iCloud, Google), so that a lost device does not lose it. */
    synced: z.boolean(),
    name: sealed(z.string().trim().min(1, 'Give it a name.').max(60)),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
    /** Not accepted any more: its counter went backwards. */
    stoppedAt: z.iso.datetime().optional(),
  },
  { changes: 'removable', what: 'A passkey of a person: its public key, sealed, and when it was used.' },
)

export const passkeyChallenge = record(
  'passkey_challenge',
  {
    id: id('pkc'),
    challenge: hashed(z.string()),
    use: z.enum(['sign-in', 'own', 'register']),
    /** The session that asked, where there was one: nobody else can use it. */
    sessionId: SessionId.optional(),
    expiresAt: z.iso.datetime(),
  },
  { changes: 'removable', what: 'A question that a passkey has to sign, used once within five minutes.' },
)

export const authenticatorChange = record(
  'authenticator_change',
  { id: id('aut'), userId: UserId, totpSecret: sealed(z.string()), expiresAt: z.iso.datetime() },
  { changes: 'removable', what: 'A new authenticator that has not yet shown its first code.' },
)

export const knownBrowser = record(
  'known_browser',
  {
    id: BrowserId,
    userId: UserId,
    mark: hashed(z.string()),
    device: sealed(z.string().max(120)),
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
  },
  { what: 'A browser in which a person signed in, so that a sign-in in another one is noticed.' },
)

export const networkTry = record(
  'network_try',
  { id: id('net'), network: hashed(z.string()), tries: z.int(), lockedUntil: z.iso.datetime().optional(), lastAt: z.iso.datetime() },
  { changes: 'removable', what: 'Counts failed sign-ins by a keyed hash of the network that they came from.' },
)

export const NoticeId = id('not')
export const NoticeKind = z.enum(['new-device', 'passkey-copied', 'account-locked'])
export const signInNotice = record(
  'sign_in_notice',
  {
    id: NoticeId,
    /** Who is told. */
    userId: UserId,
    kind: NoticeKind,
    /** Whose sign-in it was. */
    aboutId: UserId,
    browserId: BrowserId.optional(),
    device: sealed(z.string().max(120).optional()),
    network: sealed(z.string().max(64).optional()),
    at: z.iso.datetime(),
    /** When she was told by e-mail. */
    sentAt: z.iso.datetime().optional(),
    answeredAt: z.iso.datetime().optional(),
    answer: z.enum(['seen', 'not-me']).optional(),
  },
  { what: 'Something about a sign-in that a person must be told, and what she said to it.' },
)

const Password = z.string().min(1).max(200)
const Code = z.string().trim().min(6, 'Six digits, or a recovery code.').max(40)
/** The second factor is a code or a passkey. */
export const SignIn = z
  .object({ email: z.email(), password: Password, code: z.exactOptional(Code), passkey: z.exactOptional(PasskeyAnswer), origin: Origin })
  .refine(({ code, passkey }) => code !== undefined || passkey !== undefined, { path: ['code'], message: 'The code of your authenticator is missing.' })
export const SignInByPasskey = z.object({ passkey: PasskeyAnswer, origin: Origin })
/** Both factors of somebody who is signed in already: password and code, or a passkey. */
export const Proof = z
  .object({ password: z.exactOptional(Password), code: z.exactOptional(Code), passkey: z.exactOptional(PasskeyAnswer), origin: Origin })
  .refine(({ password, code, passkey }) => passkey !== undefined || (password !== undefined && code !== undefined), { path: ['code'], message: 'Password and code, or a passkey.' })
/** The password alone unlocks: the second factor was given when the session began. So does a passkey. */
export const Unlock = z
  .object({ password: z.exactOptional(Password), passkey: z.exactOptional(PasskeyAnswer), origin: Origin })
  .refine(({ password, passkey }) => password !== undefined || passkey !== undefined, { path: ['password'], message: 'is missing' })
