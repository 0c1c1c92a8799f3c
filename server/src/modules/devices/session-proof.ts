import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, Denied, invalid } from '#kernel/errors.ts'
import type { Id } from '#kernel/id.ts'
import { roleAlone, type Limit } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { standing, type Present } from '#kernel/standing.ts'
import { before } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { session } from '#schema/identity'
import { newSecret } from './bytes.ts'
import { isSignedBy, type DevicePurpose } from './key-proof.ts'
import { badlyKept, gone, notAgreed, notHers, notKnown, notProven, personalNotAllowed, unenrolled } from './limits.ts'
import { postureOf } from './posture.ts'
import { AGREEMENT, policyOf, RULES, type Decided } from './rules.ts'
import { Challenge, device, deviceChallenge, deviceFact, devicePin, deviceProof, SignedByDevice } from './schema.ts'

const CHALLENGE_MINUTES = 1
const PROOF_MINUTES = RULES.proofSeconds / 60
const SEEN_EVERY_MINUTES = 5

const nobody = () => '-'

/** A number to sign, once, within a minute. Asked for by somebody who is signed in, it is good for her session alone. */
export const challengeDevice = action({
  name: 'device.challenge',
  does: 'have the own device prove itself',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: Challenge,
  run: async (tx) => {
    const { via } = tx.actor
    const nonce = newSecret()
    const expiresAt = afterMinutes(tx.now, CHALLENGE_MINUTES)
    await tx.remove(deviceChallenge, { expiresAt: before(tx.now) })
    await tx.add(deviceChallenge, { nonce, expiresAt, ...(via ? { sessionId: session.fields.shape.id.parse(via) } : {}) })
    return { challenge: nonce, expiresAt }
  },
})

const notSigned = () => invalid([{ path: 'signature', message: 'is not this device’s' }], 'This device could not prove itself. Load the page again; if it stays so, enrol the device anew.')

/** Whether the challenge is open, for this caller, and signed by this key. Nothing is used up. */
export const signatureHolds = async (tx: Tx, publicKey: string | undefined, purpose: DevicePurpose, signed: { challenge: string; signature: string }) => {
  const found = await tx.find(deviceChallenge, { nonce: signed.challenge })
  const isOpen = found !== undefined && found.expiresAt > tx.now && (found.sessionId ?? undefined) === tx.actor.via
  return isOpen && publicKey !== undefined && (await isSignedBy(publicKey, purpose, signed)) ? found.id : undefined
}
/** The same, and the challenge is used up: of two who come at once, one finds it gone. @throws 422 */
export const useSignature = async (tx: Tx, publicKey: string | undefined, purpose: DevicePurpose, signed: { challenge: string; signature: string }) => {
  const id = await signatureHolds(tx, publicKey, purpose, signed)
  if (!id || (await tx.remove(deviceChallenge, { id })) !== 1) throw notSigned()
}

/** A proof for this session at this device, two minutes long. */
export const newProof = async (tx: Tx, sessionId: Id<'ses'>, deviceId: Id<'dev'>): Promise<string> => {
  const token = newSecret()
  await tx.remove(deviceProof, { sessionId, expiresAt: before(tx.now) })
  await tx.add(deviceProof, { token, sessionId, deviceId, expiresAt: afterMinutes(tx.now, PROOF_MINUTES) })
  return token
}

export const idleMinutesOf = (of: Pick<Value<typeof device>, 'shared'>, policy: Decided) => (of.shared ? policy.sharedIdleMinutes : undefined)

/**
 * Binds the session to its device, the first time; afterwards shows that it is still there. From then on the session cookie alone opens
 * nothing of a patient.
 * @hipaa 164.312(d) person or entity authentication
 */
export const proveDevice = action({
  name: 'device.prove',
  does: 'prove that the own session is at its device',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: SignedByDevice,
  output: z.object({ proof: z.string(), expiresInSeconds: z.int(), firstTime: z.boolean() }),
  run: async (tx, { deviceId, ...signed }) => {
    const sessionId = session.fields.shape.id.parse(tx.actor.via)
    const found = await tx.find(device, { id: deviceId }, [])
    if (found?.state === 'waiting') throw conflict('This device waits to be approved.')
    if (!found || found.state !== 'enrolled') throw new Denied(gone)
    await useSignature(tx, found.publicKey, 'prove', signed)
    const own = await tx.lock(session, { id: sessionId })
    // A session that began at one device never moves to another.
    if (own.deviceId && own.deviceId !== deviceId) throw new Denied(notProven)
    if (!own.deviceId) {
      await tx.change(session, { id: sessionId, deviceId: null }, { deviceId, idleMinutes: idleMinutesOf(found, await policyOf(tx)) })
      await noteFullSignIn(tx, deviceId, own)
    }
    if (!found.lastSeenAt || found.lastSeenAt < afterMinutes(tx.now, -SEEN_EVERY_MINUTES)) await tx.change(device, { id: deviceId }, { lastSeenAt: tx.now })
    return { proof: await newProof(tx, sessionId, deviceId), expiresInSeconds: RULES.proofSeconds, firstTime: !own.deviceId }
  },
})

/** Password and second factor at this device: a PIN that was closed by wrong tries is hers again. */
const noteFullSignIn = async (tx: Tx, deviceId: Id<'dev'>, own: Value<typeof session>) => {
  const pin = await tx.find(devicePin, { deviceId, userId: own.userId }, [])
  if (pin) await tx.change(devicePin, { id: pin.id }, { tries: 0, provenAt: own.provenAt })
}

const limitsOf = async (tx: Tx, { deviceId, sessionId, proof, userId, roles, basedOn }: Present): Promise<Limit[]> => {
  // Asked for in one tick: they travel together.
  const [policy, found, proven, facts] = await Promise.all([
    policyOf(tx),
    deviceId ? tx.find(device, { id: device.fields.shape.id.parse(deviceId) }, []) : undefined,
    deviceId && proof ? tx.find(deviceProof, { token: proof }) : undefined,
    deviceId ? tx.list(deviceFact, { deviceId: device.fields.shape.id.parse(deviceId) }) : [],
  ])
  if (!found) return policy.unenrolled === 'warn' ? [] : [unenrolled(policy.unenrolled === 'block' ? 'none' : 'identity')]
  if (found.state !== 'enrolled') return [gone]
  const isProven = proven !== undefined && proven.sessionId === sessionId && proven.deviceId === found.id && proven.expiresAt > tx.now
  const posture = postureOf(found, facts, policy, tx.now)
  const isPersonal = found.ownership === 'personal'
  return [
    ...(isProven ? [] : [notProven]),
    ...(found.people.length > 0 && !found.people.some((p) => p === userId) ? [notHers] : []),
    ...(isPersonal && ![...roles, ...basedOn].some((role) => policy.personalRoles.includes(role)) ? [personalNotAllowed] : []),
    ...(isPersonal && found.agreementVersion !== AGREEMENT.version ? [notAgreed] : []),
    ...(posture.state === 'bad' ? [badlyKept(posture.lines)] : []),
    ...(posture.state === 'unknown' && policy.unknownPosture === 'limit' ? [notKnown(posture.lines)] : []),
  ]
}

standing(async (tx, person) => (person.sessionId ? { limits: await limitsOf(tx, person) } : {}))
