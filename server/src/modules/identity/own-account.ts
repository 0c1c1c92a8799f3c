import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { PracticeId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { after } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice } from '#schema/practices'
import { endSessionsOf } from './end-sessions.ts'
import { checkPassword } from './people.ts'
import { SessionId, user, UserId } from './schema.ts'
import { isPassword } from './second-factor.ts'
import { authenticatorChange } from './sign-in-schema.ts'
import { hashPassword, hashRecoveryCode, newRecoveryCodes, newTotpSecret, normaliseRecoveryCode, totpStep, totpUri } from './sign-in.ts'

const nobody = () => '-'
const ownId = (tx: Tx) => UserId.parse(tx.actor.id)
const AUTHENTICATOR_MINUTES = 15

/** What the account page shows besides passkeys and sessions. */
export const viewAccount = action({
  name: 'account.view',
  does: 'see her own account',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({
    name: z.string(), email: z.string(), hasPassword: z.boolean(), hasAuthenticator: z.boolean(), passwordChangedAt: z.string().optional(), recoveryCodesLeft: z.int(),
  }),
  run: async (tx) => {
    const who = await tx.get(user, { id: ownId(tx) })
    const { name, email, passwordHash, totpSecret, passwordChangedAt, recoveryCodes } = who
    return { name, email, hasPassword: passwordHash !== '', hasAuthenticator: totpSecret !== '', passwordChangedAt, recoveryCodesLeft: recoveryCodes.length }
  },
})

/** Length and lists of breached passwords; no rules of composition, no expiry (NIST SP 800-63B). @hipaa 164.308(a)(5)(ii)(D) password management */
export const changePassword = action({
  name: 'password.change',
  does: 'change her own password',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: z.object({ password: z.string().min(12, 'At least 12 characters. Four unrelated words are easy to remember.').max(200) }),
  output: z.object({ ended: z.int() }),
  run: async (tx, { password }) => {
    const who = await tx.lock(user, { id: ownId(tx) }, ['name', 'email', 'passwordHash'])
    await checkPassword(password, [who.email, who.name])
    if (await isPassword(who.passwordHash, password)) throw invalid([{ path: 'password', message: 'This is the password you have now.' }])
    await tx.change(user, { id: who.id }, { passwordHash: await hashPassword(password), passwordChangedAt: tx.now })
    return { ended: await endSessionsOf(tx, who.id, SessionId.parse(tx.actor.via)) }
  },
})

/** A new secret, which counts only once its first code was right: a code that was never scanned locks nobody out. */
export const beginAuthenticator = action({
  name: 'authenticator.begin',
  does: 'begin to change her own authenticator',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: z.object({}),
  output: z.object({ secret: z.string(), uri: z.string() }),
  run: async (tx) => {
    const { id: userId, email } = await tx.get(user, { id: ownId(tx) }, ['email'])
    const { name } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) }, [])
    const totpSecret = newTotpSecret()
    await tx.remove(authenticatorChange, { userId })
    await tx.add(authenticatorChange, { userId, totpSecret, expiresAt: afterMinutes(tx.now, AUTHENTICATOR_MINUTES) })
    return { secret: totpSecret, uri: totpUri(totpSecret, email, name) }
  },
})

export const changeAuthenticator = action({
  name: 'authenticator.change',
  does: 'change her own authenticator',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: z.object({ code: z.string().trim().min(6).max(10) }),
  output: z.object({}),
  run: async (tx, { code }) => {
    const userId = ownId(tx)
    const waiting = await tx.find(authenticatorChange, { userId, expiresAt: after(tx.now) })
    if (!waiting) throw conflict('This took longer than a quarter of an hour. Begin again.')
    const step = await totpStep(waiting.totpSecret, code.replaceAll(' ', ''), Date.parse(tx.now), 0)
    if (step === undefined) throw invalid([{ path: 'code', message: 'This is not the code that the new authenticator shows now.' }])
    await tx.change(user, { id: userId }, { totpSecret: waiting.totpSecret, totpUsedStep: step })
    await tx.remove(authenticatorChange, { userId })
    return {}
  },
})

/** Ten new ones, shown once; those that were left stop working. */
export const renewRecoveryCodes = action({
  name: 'recovery-code.renew',
  does: 'make new recovery codes of her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  stepUp: true,
  input: z.object({}),
  output: z.object({ recoveryCodes: z.array(z.string()) }),
  run: async (tx) => {
    const codes = newRecoveryCodes()
    await tx.change(user, { id: ownId(tx) }, { recoveryCodes: await Promise.all(codes.map((code) => hashRecoveryCode(normaliseRecoveryCode(code)))) })
    return { recoveryCodes: codes }
  },
})
