import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { Problem } from '#kernel/errors.ts'
import { job } from '#kernel/job.ts'
import { PatientId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { upTo } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { beginSession } from './entry.ts'
import { ownSession } from './me.ts'
import { ownPractice, write } from './messages.ts'
import { Language, patientChallenge, PasskeyId, patientPasskey, representative, RepresentativeId } from './schema.ts'
import { countTry, giveBack, ONE_AT_A_TIME, TRIES_OF_NETWORK } from './tries.ts'

const nobody = () => '-'
const Nothing = z.object({})
const CHALLENGE_MINUTES = 5

/** Where the browser must be: the practice's own address. A host that the request names is not believed. */
const site = async (tx: Tx) => {
  const { name, baseUrl } = await ownPractice(tx)
  if (!baseUrl) throw new Problem(409, 'Not possible here', 'Passkeys need the practice’s own web address, which is not set yet.')
  const { hostname, origin } = new URL(baseUrl)
  return { name, rpID: hostname, origin }
}

const Base64Url = z.string().max(8000).regex(/^[\w-]*$/)
/** What a browser makes of an authenticator's answer (WebAuthn level 3, RegistrationResponseJSON). */
const Registration = z.object({
  id: Base64Url, rawId: Base64Url, type: z.literal('public-key'), clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  response: z.object({ clientDataJSON: Base64Url, attestationObject: Base64Url, transports: z.array(z.string().max(20)).max(8).optional() }),
})
const Authentication = z.object({
  id: Base64Url, rawId: Base64Url, type: z.literal('public-key'), clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  response: z.object({ clientDataJSON: Base64Url, authenticatorData: Base64Url, signature: Base64Url, userHandle: Base64Url.optional() }),
})

const remember = async (tx: Tx, challenge: string, sessionId?: z.infer<typeof patientChallenge.fields>['sessionId']) => {
  await tx.remove(patientChallenge, { expiresAt: upTo(tx.now) })
  await tx.add(patientChallenge, { challenge, createdAt: tx.now, expiresAt: afterMinutes(tx.now, CHALLENGE_MINUTES), ...(sessionId ? { sessionId } : {}) })
}
/** A challenge is taken once: two answers to the same find it gone. */
const take = async (tx: Tx, challenge: string, sessionId: string | undefined): Promise<boolean> => {
  const found = await tx.find(patientChallenge, { challenge })
  if (!found || found.expiresAt <= tx.now || found.sessionId !== sessionId) return false
  return (await tx.remove(patientChallenge, { id: found.id })) === 1
}

const ownKeys = async (tx: Tx, open: readonly ('credential' | 'name')[]) => {
  const { selfId, representativeId } = await ownSession(tx)
  const all = [
    ...(selfId ? await tx.list(patientPasskey, { selfId }, { open }) : []),
    ...(representativeId ? await tx.list(patientPasskey, { representativeId }, { open }) : []),
  ]
  return [...new Map(all.map((key) => [key.id, key])).values()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
}

const PasskeyLine = z.object({ id: PasskeyId, name: z.string(), createdAt: z.string(), usedAt: z.string().optional() })

export const listPasskeys = action({
  name: 'portal.passkeys',
  does: 'see her passkeys',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.array(PasskeyLine),
  run: (tx) => ownKeys(tx, ['name']),
})

export const beginPasskey = action({
  name: 'portal.begin-passkey',
  does: 'begin to add a passkey of her own',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  // What a browser is handed as it is (PublicKeyCredentialCreationOptionsJSON).
  output: z.looseObject({ challenge: z.string() }),
  run: async (tx) => {
    const { name, rpID } = await site(tx)
    const { id, selfId, representativeId } = await ownSession(tx)
    const known = await ownKeys(tx, ['credential'])
    const options = await generateRegistrationOptions({
      rpName: name, rpID,
      // No name: it may go to the cloud of whoever makes the phone. The id says nothing to anybody but us.
      userName: 'me', userDisplayName: '', userID: new TextEncoder().encode(selfId ?? representativeId),
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: known.map(({ credential }) => ({ id: credential })),
    })
    await remember(tx, options.challenge, id)
    return { ...options }
  },
})

const notWorked = () => new Problem(422, 'This did not work', 'The passkey was not accepted. Try again, or sign in with a code.')

/** @hipaa 164.312(d) person or entity authentication: something she has, unlocked by something she is or knows */
export const addPasskey = action({
  name: 'portal.add-passkey',
  does: 'add a passkey of her own',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { patient_passkey_practice_id_credential_token_key: 'This passkey is there already.' },
  input: z.object({ name: patientPasskey.fields.shape.name, answer: Registration }),
  output: PasskeyLine,
  run: async (tx, { name, answer }) => {
    const { rpID, origin } = await site(tx)
    const { id: sessionId, selfId, representativeId } = await ownSession(tx)
    const { authenticatorAttachment: _, ...response } = answer
    const { transports = [], ...attested } = response.response
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, response: attested, clientExtensionResults: {} },
      expectedChallenge: (challenge) => take(tx, challenge, sessionId),
      expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true,
    }).catch(() => ({ verified: false as const, registrationInfo: undefined }))
    if (!verified || !registrationInfo) throw notWorked()
    const { credential } = registrationInfo
    const made = await tx.add(patientPasskey, {
      ...(selfId ? { selfId } : {}), ...(representativeId ? { representativeId } : {}),
      credential: credential.id, publicKey: Buffer.from(credential.publicKey).toString('base64url'), counter: credential.counter,
      transports, name, createdAt: tx.now,
    })
    const personId = selfId ?? representativeId
    if (personId) await tx.enqueue(noticeJob, { personId })
    return made
  },
})

export const removePasskey = action({
  name: 'portal.remove-passkey',
  does: 'remove a passkey of her own',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ passkeyId: PasskeyId }),
  output: z.object({ removed: z.boolean() }),
  run: async (tx, { passkeyId }) => {
    const mine = (await ownKeys(tx, [])).some(({ id }) => id === passkeyId)
    if (!mine) throw new Problem(404, 'Not found', 'There is no such passkey, or it is not yours.')
    return { removed: (await tx.remove(patientPasskey, { id: passkeyId })) > 0 }
  },
})

/** The same for everybody: which passkey it is to be is between her and her device. */
export const askPasskey = action({
  name: 'portal.ask-passkey',
  does: 'begin to sign in with a passkey',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.looseObject({ challenge: z.string() }),
  run: async (tx) => {
    const { rpID } = await site(tx)
    const options = await generateAuthenticationOptions({ rpID, userVerification: 'required', allowCredentials: [] })
    await remember(tx, options.challenge)
    return { ...options }
  },
})

/** @hipaa 164.312(d) person or entity authentication */
export const signInByPasskey = action({
  name: 'portal.sign-in-by-passkey',
  does: 'sign in with a passkey',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  clashes: ONE_AT_A_TIME,
  input: z.object({ answer: Authentication }),
  output: z.object({ token: z.string(), language: Language }),
  run: async (tx, { answer }) => {
    await countTry(tx, `tries ${tx.actor.network ?? ''}`, TRIES_OF_NETWORK)
    const { rpID, origin } = await site(tx)
    const key = await tx.find(patientPasskey, { credential: answer.id }, ['credential', 'publicKey'])
    if (!key) throw notWorked()
    const { authenticatorAttachment: _, response: { userHandle, ...signed }, ...rest } = answer
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...rest, response: { ...signed, ...(userHandle ? { userHandle } : {}) }, clientExtensionResults: {} },
      expectedChallenge: (challenge) => take(tx, challenge, undefined),
      expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true,
      credential: { id: key.credential, publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64url')), counter: key.counter },
    }).catch(() => ({ verified: false as const, authenticationInfo: undefined }))
    if (!verified || !authenticationInfo) throw notWorked()
    const begun = await beginSession(tx, [key.selfId, key.representativeId].flatMap((id) => id ?? []), 'passkey')
    if (!begun) throw notWorked()
    await tx.change(patientPasskey, { id: key.id }, { counter: authenticationInfo.newCounter, usedAt: tx.now })
    await giveBack(tx, `tries ${tx.actor.network ?? ''}`)
    return begun
  },
})

const OfPerson = z.object({ personId: z.union([PatientId, RepresentativeId]) })

/** Whoever adds a way in at somebody else's phone is not alone in knowing it. */
export const notifySignIn = action({
  name: 'portal.notify',
  does: 'tell a patient or representative that her sign-in was changed',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ personId }) => (personId.startsWith('pat_') ? personId : '-'),
  allow: roleAlone,
  input: OfPerson,
  output: Nothing,
  run: async (tx, { personId }) => {
    const self = PatientId.safeParse(personId)
    const { email, phone, language } = self.success
      ? await tx.get(patient, { id: self.data }, ['email', 'phone'])
      : await tx.get(representative, { id: RepresentativeId.parse(personId) }, ['email', 'phone'])
    const address = email ?? phone
    if (!address) return {}
    await write(tx, { address, channel: email ? 'email' : 'text', language, ...(self.success ? { patientId: self.data } : {}) }, 'sign-in-changed', {})
    return {}
  },
})
const noticeJob = job({
  name: 'portal.notify',
  grants: ['portal.notify'],
  input: OfPerson,
  run: async ({ perform, actor }, input) => {
    await perform(notifySignIn, actor, input)
  },
})
