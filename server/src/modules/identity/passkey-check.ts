import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server'
import type { z } from 'zod'
import { afterMinutes } from '#kernel/clock.ts'
import { Denied, invalid } from '#kernel/errors.ts'
import { PracticeId } from '#kernel/id.ts'
import type { Origin } from '#kernel/origin.ts'
import type { Value } from '#kernel/record.ts'
import { after, before } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice } from '#schema/practices'
import { sendNotice } from './notice-jobs.ts'
import type { PasskeyAnswer, PasskeyQuestion } from './passkey-shapes.ts'
import { SessionId } from './schema.ts'
import { passkey, passkeyChallenge, signInNotice } from './sign-in-schema.ts'

export const CHALLENGE_MINUTES = 5
const CHALLENGE_MS = CHALLENGE_MINUTES * 60_000
const HERE = new Set(['localhost', '127.0.0.1', '[::1]'])
type Use = Value<typeof passkeyChallenge>['use']
type Answer = z.infer<typeof PasskeyAnswer>
type Passkey = Value<typeof passkey>

/**
 * For which site passkeys are: the practice's public address, so that a wrong Host header makes no passkeys for another site. While no address
 * but this machine's is known, the one by which the browser came.
 */
export const relyingParty = async (tx: Tx, { site }: Pick<Origin, 'site'>): Promise<{ rpId: string; origin: string; name: string }> => {
  const { baseUrl, name } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) }, [])
  const known = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const here = URL.canParse(site) ? new URL(site) : undefined
  const used = known && !HERE.has(known.hostname) ? known : (here ?? known)
  if (!used) throw invalid([{ path: 'passkey', message: 'Passkeys need a proper address of this server.' }])
  return { rpId: used.hostname, origin: used.origin, name }
}

const ownSession = (tx: Tx, use: Use) => (use === 'sign-in' ? undefined : SessionId.parse(tx.actor.via))

/** Notes a challenge that the server just made. Those that nobody answered go with the next one. */
export const rememberChallenge = async (tx: Tx, use: Use, challenge: string): Promise<void> => {
  await tx.remove(passkeyChallenge, { expiresAt: before(tx.now) })
  const sessionId = ownSession(tx, use)
  await tx.add(passkeyChallenge, { challenge, use, ...(sessionId ? { sessionId } : {}), expiresAt: afterMinutes(tx.now, CHALLENGE_MINUTES) })
}

const challengeIn = (clientDataJSON: string): string | undefined => {
  try {
    const said: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString())
    return typeof said === 'object' && said !== null && 'challenge' in said && typeof said.challenge === 'string' ? said.challenge : undefined
  } catch {
    return undefined
  }
}
const openChallenge = (tx: Tx, use: Use, challenge: string) => {
  const sessionId = ownSession(tx, use)
  return { challenge, use, expiresAt: after(tx.now), ...(sessionId ? { sessionId } : {}) }
}

/** The challenge in this answer, if it is ours, still open, asked for this use and by this session; used up with that. */
export const takeChallenge = async (tx: Tx, use: Use, clientDataJSON: string): Promise<string | undefined> => {
  const challenge = challengeIn(clientDataJSON)
  const taken = challenge ? await tx.remove(passkeyChallenge, openChallenge(tx, use, challenge)) : 0
  return taken === 1 ? challenge : undefined
}

/** What to ask a passkey. `among`: only these; empty: any that the browser has for this site. */
export const passkeyQuestion = async (tx: Tx, use: Use, origin: Origin, among: readonly Pick<Passkey, 'credentialId' | 'transports'>[]): Promise<z.infer<typeof PasskeyQuestion>> => {
  const { rpId } = await relyingParty(tx, origin)
  const { challenge } = await generateAuthenticationOptions({ rpID: rpId, userVerification: 'required', timeout: CHALLENGE_MS })
  await rememberChallenge(tx, use, challenge)
  return { challenge, rpId, timeout: CHALLENGE_MS, userVerification: 'required', allowCredentials: among.map(({ credentialId: id, transports }) => ({ id, type: 'public-key', transports })) }
}

/** Whose passkey signed this challenge, and how its counter stands now. The signature decides; the counter is judged by {@link isBehind}. */
const signedBy = async (tx: Tx, answer: Answer, challenge: string, origin: Origin): Promise<{ known: Passkey; counter: number } | undefined> => {
  const known = await tx.find(passkey, { credentialId: answer.id }, ['credentialId', 'publicKey'])
  if (!known) return undefined
  const { response } = answer
  if (response.userHandle !== undefined && Buffer.from(response.userHandle, 'base64url').toString() !== known.userId) return undefined
  const site = await relyingParty(tx, origin)
  const publicKey = new Uint8Array(Buffer.from(known.publicKey, 'base64url'))
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer, expectedChallenge: challenge, expectedOrigin: site.origin, expectedRPID: site.rpId, requireUserVerification: true,
      // The counter is judged here and not there: what went backwards must be told from what was never signed.
      credential: { id: known.credentialId, publicKey, counter: 0 },
    })
    return verified && authenticationInfo.userVerified ? { known, counter: authenticationInfo.newCounter } : undefined
  } catch {
    return undefined
  }
}

/** Both zero: its maker does not count (synced passkeys). Otherwise each signature counts one further (WebAuthn §6.1.1). */
const isBehind = (known: Passkey, counter: number) => (known.counter > 0 || counter > 0) && counter <= known.counter

const copied = () =>
  new Denied({
    rule: 'passkey-counter',
    citation: 'Person or entity authentication, 45 CFR 164.312(d)',
    why: 'This passkey may exist twice: it counts fewer uses than it did before. It is not accepted any more.',
    whoCanFix: 'You: sign in with your password and code, remove this passkey and add a new one',
  })

/**
 * Before an answer is acted on, in a transaction of its own: a passkey whose counter went backwards is stopped for good and its owner told.
 * The act itself then refuses it; what a refusal rolls back could not be kept.
 */
export const stopIfCopied = async (tx: Tx, use: Use, answer: Answer, origin: Origin): Promise<void> => {
  const challenge = challengeIn(answer.response.clientDataJSON)
  if (!challenge || !(await tx.has(passkeyChallenge, openChallenge(tx, use, challenge)))) return
  const signed = await signedBy(tx, answer, challenge, origin)
  if (!signed || signed.known.stoppedAt || !isBehind(signed.known, signed.counter)) return
  const { id, userId } = signed.known
  await tx.change(passkey, { id }, { stoppedAt: tx.now })
  const notice = await tx.add(signInNotice, { userId, kind: 'passkey-copied', aboutId: userId, at: tx.now })
  await tx.enqueue(sendNotice, { noticeId: notice.id })
}

/**
 * The person whose passkey this is, with finger, face or PIN: both factors. Undefined when it is anything but right.
 * @throws 403 passkey-counter
 */
export const whoUsedPasskey = async (tx: Tx, use: Use, answer: Answer, origin: Origin): Promise<Passkey['userId'] | undefined> => {
  const challenge = await takeChallenge(tx, use, answer.response.clientDataJSON)
  const signed = challenge ? await signedBy(tx, answer, challenge, origin) : undefined
  if (!signed) return undefined
  const { known, counter } = signed
  if (known.stoppedAt || isBehind(known, counter)) throw copied()
  // The condition makes one of two uses with the same count fail.
  await tx.change(passkey, { id: known.id, counter: known.counter }, { counter, lastUsedAt: tx.now })
  return known.userId
}
