import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid, notFound } from '#kernel/errors.ts'
import { Origin } from '#kernel/origin.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { whenAccessEnds } from './endings.ts'
import { CHALLENGE_MINUTES, passkeyQuestion, relyingParty, rememberChallenge, takeChallenge } from './passkey-check.ts'
import { NewPasskeyAnswer, NewPasskeyQuestion, PasskeyQuestion } from './passkey-shapes.ts'
import { user, UserId } from './schema.ts'
import { passkey, PasskeyId } from './sign-in-schema.ts'

const nobody = () => '-'
const ownId = (tx: Tx) => UserId.parse(tx.actor.id)
/** ECDSA on P-256, Ed25519, RSA with SHA-256: what today's devices have. */
const ALGORITHMS = [-7, -8, -257]
const MOST_PASSKEYS = 20

const PasskeyLine = passkey.fields.pick({ id: true, name: true, synced: true, createdAt: true, lastUsedAt: true, stoppedAt: true })
const descriptor = ({ credentialId: id, transports }: { credentialId: string; transports: string[] }) => ({ id, type: 'public-key' as const, transports })

export const listPasskeys = action({
  name: 'passkey.list',
  does: 'see her own passkeys',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(PasskeyLine),
  run: (tx) => tx.list(passkey, { userId: ownId(tx) }, { open: ['name'], orderBy: 'createdAt' }),
})

/** To unlock the screen or to show once more who it is: only her own passkeys are asked. */
export const askOwnPasskey = action({
  name: 'session.ask-passkey',
  does: 'ask one of her own passkeys',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ origin: Origin }),
  output: PasskeyQuestion,
  run: async (tx, { origin }) => {
    const own = await tx.list(passkey, { userId: ownId(tx), stoppedAt: null }, { open: ['credentialId'] })
    if (own.length === 0) throw conflict('You have no passkey yet. Add one under your account.')
    return passkeyQuestion(tx, 'own', origin, own)
  },
})

/** Discoverable, so that nobody types an address; with finger, face or PIN, so that it is both factors. */
export const beginPasskey = action({
  name: 'passkey.begin',
  does: 'begin to add a passkey of her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: z.object({ origin: Origin }),
  output: NewPasskeyQuestion,
  run: async (tx, { origin }) => {
    const who = await tx.get(user, { id: ownId(tx) }, ['name', 'email'])
    const own = await tx.list(passkey, { userId: who.id }, { open: ['credentialId'] })
    if (own.length >= MOST_PASSKEYS) throw conflict(`You have ${MOST_PASSKEYS} passkeys. Remove one that you do not use.`)
    const { rpId, name } = await relyingParty(tx, origin)
    const { challenge, user: asked } = await generateRegistrationOptions({ rpID: rpId, rpName: name, userName: who.email, userID: new TextEncoder().encode(who.id), supportedAlgorithmIDs: ALGORITHMS })
    await rememberChallenge(tx, 'register', challenge)
    return {
      challenge, rp: { id: rpId, name }, user: { id: asked.id, name: who.email, displayName: who.name },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key' as const, alg })), timeout: CHALLENGE_MINUTES * 60_000, attestation: 'none',
      excludeCredentials: own.map(descriptor),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    }
  },
})

const verified = async (answer: z.infer<typeof NewPasskeyAnswer>, challenge: string, site: { rpId: string; origin: string }) => {
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: answer, expectedChallenge: challenge, expectedOrigin: site.origin, expectedRPID: site.rpId, requireUserVerification: true, supportedAlgorithmIDs: ALGORITHMS,
    })
    return registrationInfo?.userVerified ? registrationInfo : undefined
  } catch {
    return undefined
  }
}

export const addPasskey = action({
  name: 'passkey.add',
  does: 'add a passkey of her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  clashes: { passkey_practice_id_credential_id_token_key: 'This passkey is there already.' },
  input: z.object({ name: passkey.fields.shape.name, passkey: NewPasskeyAnswer, origin: Origin }),
  output: PasskeyLine,
  run: async (tx, { name, passkey: answer, origin }) => {
    const challenge = await takeChallenge(tx, 'register', answer.response.clientDataJSON)
    const made = challenge ? await verified(answer, challenge, await relyingParty(tx, origin)) : undefined
    if (!made) throw invalid([{ path: 'passkey', message: 'was not accepted' }], 'This passkey was not accepted: it took longer than five minutes, or the device did not ask for finger, face or PIN. Try again.')
    const { credential, credentialBackedUp } = made
    return tx.add(passkey, {
      userId: ownId(tx), credentialId: credential.id, publicKey: Buffer.from(credential.publicKey).toString('base64url'), counter: credential.counter,
      transports: answer.response.transports ?? [], synced: credentialBackedUp, name, createdAt: tx.now,
    })
  },
})

const ownPasskey = async (tx: Tx, id: z.infer<typeof PasskeyId>) => {
  const found = await tx.find(passkey, { id, userId: ownId(tx) }, ['name'])
  if (!found) throw notFound('passkey')
  return found
}

export const renamePasskey = action({
  name: 'passkey.rename',
  does: 'name a passkey of her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ passkeyId: PasskeyId, name: passkey.fields.shape.name }),
  output: PasskeyLine,
  run: async (tx, { passkeyId, name }) => {
    const found = await ownPasskey(tx, passkeyId)
    await tx.change(passkey, { id: passkeyId }, { name })
    return { ...found, name }
  },
})

export const removePasskey = action({
  name: 'passkey.remove',
  does: 'remove a passkey of her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: z.object({ passkeyId: PasskeyId }),
  output: z.object({}),
  run: async (tx, { passkeyId }) => {
    await ownPasskey(tx, passkeyId)
    const who = await tx.lock(user, { id: ownId(tx) }, ['passwordHash', 'totpSecret'])
    const hasPassword = who.passwordHash !== '' && who.totpSecret !== ''
    const others = (await tx.count(passkey, { userId: who.id, stoppedAt: null })) - 1
    if (!hasPassword && others < 1) throw conflict('This is your last way in. Add another passkey first, or set a password and an authenticator.')
    await tx.remove(passkey, { id: passkeyId })
    return {}
  },
})

whenAccessEnds({ what: 'passkeys', on: ['left', 'recovered'], end: (tx, userId) => tx.remove(passkey, { userId }) })
