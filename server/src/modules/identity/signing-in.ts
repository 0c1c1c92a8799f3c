import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { unauthenticated } from '#kernel/errors.ts'
import { Origin } from '#kernel/origin.ts'
import { roleAlone } from '#kernel/policy.ts'
import { passkeyQuestion, stopIfCopied, whoUsedPasskey } from './passkey-check.ts'
import { PasskeyQuestion } from './passkey-shapes.ts'
import { SessionView, signInTry, user } from './schema.ts'
import { isPassword, useCode } from './second-factor.ts'
import { beginSession } from './sessions.ts'
import { SignIn, SignInByPasskey } from './sign-in-schema.ts'
import { countAddress, countNetwork, RACED, uncountNetwork } from './tries.ts'

const nobody = () => '-'
const Begun = SessionView.extend({ token: z.string(), mark: z.string() })
const addressOf = (email: string) => email.trim().toLowerCase()

/** Counts a try before it is known whether it is right, so that parallel guesses cannot slip through. */
export const countTry = action({
  name: 'session.try',
  does: 'try to sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  raced: RACED,
  input: SignIn,
  output: z.object({}),
  run: async (tx, { email, passkey, origin }) => {
    await countNetwork(tx, origin)
    await countAddress(tx, addressOf(email))
    if (passkey) await stopIfCopied(tx, 'sign-in', passkey, origin)
    return {}
  },
})

const wrong = () => unauthenticated('The e-mail address, the password or the code is wrong.')

/** @hipaa 164.312(d) person or entity authentication: password and second factor, always both */
export const signIn = action({
  name: 'session.sign-in',
  does: 'sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: SignIn,
  output: Begun,
  run: async (tx, { email, password, code, passkey, origin }) => {
    const found = await tx.find(user, { email: addressOf(email), active: true }, ['name', 'passwordHash'])
    if (!(await isPassword(found?.passwordHash, password)) || !found) throw wrong()
    const used = passkey ? (await whoUsedPasskey(tx, 'sign-in', passkey, origin)) === found.id && 'passkey' : await useCode(tx, found.id, code ?? '')
    if (!used) throw wrong()
    await uncountNetwork(tx, origin)
    await tx.remove(signInTry, { email: addressOf(email) })
    return beginSession(tx, found, { from: { origin, with: `password and ${used}` } })
  },
})

/** What a passkey has to sign to sign in. Says nothing of who there is: the same question for everybody. */
export const askPasskey = action({
  name: 'session.question',
  does: 'ask a passkey to sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ origin: Origin }),
  output: PasskeyQuestion,
  run: (tx, { origin }) => passkeyQuestion(tx, 'sign-in', origin, []),
})

export const countPasskeyTry = action({
  name: 'session.try-passkey',
  does: 'try to sign in with a passkey',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  raced: RACED,
  input: SignInByPasskey,
  output: z.object({}),
  run: async (tx, { passkey, origin }) => {
    await countNetwork(tx, origin)
    await stopIfCopied(tx, 'sign-in', passkey, origin)
    return {}
  },
})

/** @hipaa 164.312(d) a passkey that verified its user is both factors: what she has, and what she is or knows */
export const signInByPasskey = action({
  name: 'session.sign-in-passkey',
  does: 'sign in with a passkey',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: SignInByPasskey,
  output: Begun,
  run: async (tx, { passkey, origin }) => {
    const userId = await whoUsedPasskey(tx, 'sign-in', passkey, origin)
    const who = userId && (await tx.find(user, { id: userId, active: true }, ['name']))
    if (!who) throw unauthenticated('This passkey is not known here any more, or took longer than five minutes. Try again, or sign in with your password.')
    await uncountNetwork(tx, origin)
    return beginSession(tx, who, { from: { origin, with: 'passkey' } })
  },
})
