import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { Problem, unauthenticated } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { beginSession, IDLE_MINUTES } from './entry.ts'
import { Code, Language, patientSession, PatientSessionId, signInAsk, SignInAskId, signInProof } from './schema.ts'
import { countTry, forgive, giveBack, ONE_AT_A_TIME, TRIES_OF_CODE, TRIES_OF_NETWORK } from './tries.ts'

const nobody = () => '-'
const Nothing = z.object({})
const ByCode = z.object({ attempt: SignInAskId, code: Code, birthDate: z.iso.date() })
const ByLink = z.object({ token: z.string().trim().min(10).max(100), birthDate: z.iso.date() })
const Entered = z.object({ token: z.string(), language: Language })

const networkOf = (tx: Tx) => `tries ${tx.actor.network ?? ''}`

/** One answer for whatever was wrong: code, birth date, both, used, too late, too often, never sent. */
const wrong = () =>
  new Problem(
    422,
    'This did not work',
    'The code and the birth date do not go together, or the code was used or has run out. Check both, or ask for a new code. If it goes on, call us.',
  )

/** Counts before it is known whether it is right, so that parallel guesses cannot slip through. */
const count = async (tx: Tx, ask: { id: z.infer<typeof SignInAskId> } | undefined) => {
  await countTry(tx, networkOf(tx), TRIES_OF_NETWORK)
  if (!ask) return {}
  const { id, tries } = await tx.lock(signInAsk, { id: ask.id })
  await tx.change(signInAsk, { id }, { tries: tries + 1 })
  return {}
}

export const countCode = action({
  name: 'portal.try',
  does: 'try a code and a birth date',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: ONE_AT_A_TIME,
  input: ByCode,
  output: Nothing,
  run: async (tx, { attempt }) => count(tx, await tx.find(signInAsk, { id: attempt }, [])),
})
export const countLink = action({
  name: 'portal.try-link',
  does: 'try a link and a birth date',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: ONE_AT_A_TIME,
  input: ByLink,
  output: Nothing,
  run: async (tx, { token }) => count(tx, await tx.find(signInAsk, { token }, [])),
})

type Ask = Value<typeof signInAsk>
const isOpen = (ask: Ask, now: string): boolean => !ask.usedAt && ask.expiresAt > now && ask.tries <= TRIES_OF_CODE

/** A code or a link works once. */
const enter = async (tx: Tx, ask: Ask | undefined, proofs: readonly Value<typeof signInProof>[], how: 'code' | 'link') => {
  if (!ask || proofs.length === 0 || !isOpen(ask, tx.now)) throw wrong()
  const { id } = await tx.lock(signInAsk, { id: ask.id })
  await tx.change(signInAsk, { id, usedAt: null }, { usedAt: tx.now })
  const begun = await beginSession(tx, proofs.map((p) => p.personId), how)
  if (!begun) throw wrong()
  await tx.remove(signInProof, { askId: id })
  const { address } = await tx.get(signInAsk, { id }, ['address'])
  await forgive(tx, `codes ${address}`)
  await giveBack(tx, networkOf(tx))
  return begun
}

/** @hipaa 164.312(d) person or entity authentication: a code to her own address, and what she knows */
export const signInByCode = action({
  name: 'portal.sign-in',
  does: 'sign in with a code and a birth date',
  purpose: 'patient-request',
  phi: 'identity',
  // Who comes is known only once code and birth date were right.
  patient: () => '*',
  allow: roleAlone,
  input: ByCode,
  output: Entered,
  run: async (tx, { attempt, code, birthDate }) => {
    // Both are always read, in the same order: the time tells nothing either.
    const ask = await tx.find(signInAsk, { id: attempt }, [])
    const proofs = await tx.list(signInProof, { askId: attempt, byCode: `${attempt} ${code} ${birthDate}` })
    return enter(tx, ask, proofs, 'code')
  },
})

export const signInByLink = action({
  name: 'portal.sign-in-by-link',
  does: 'sign in with the link of a message and a birth date',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: ByLink,
  output: Entered,
  run: async (tx, { token, birthDate }) => {
    const ask = await tx.find(signInAsk, { token }, [])
    const proofs = await tx.list(signInProof, { byLink: `${token} ${birthDate}` })
    return enter(tx, ask, proofs, 'link')
  },
})

/** For whom the cookie of a patient's own sign-in stands. */
export const resolvePatient = action({
  name: 'portal.resolve',
  does: 'use a sign-in as a patient',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ token: z.string() }),
  output: z.object({ sessionId: PatientSessionId, actorId: z.string(), patientId: PatientId.optional(), roles: z.array(z.string()) }),
  run: async (tx, { token }) => {
    const found = await tx.find(patientSession, { token })
    const isOver = !found || found.endedAt !== undefined || found.expiresAt <= tx.now || afterMinutes(found.lastActiveAt, IDLE_MINUTES) <= tx.now
    if (isOver) throw unauthenticated('For your privacy these pages close after a while. Sign in again; nothing that you filled in is lost.')
    const { id, selfId, representativeId, actingFor, scopes } = found
    const isSelf = actingFor !== undefined && actingFor === selfId
    return {
      sessionId: id,
      actorId: (isSelf ? selfId : (representativeId ?? selfId)) ?? '',
      ...(actingFor ? { patientId: actingFor } : {}),
      roles: isSelf ? ['patient'] : ['representative', ...scopes.map((scope) => `representative-${scope}`)],
    }
  },
})

export const touchPatient = action({
  name: 'portal.touch',
  does: 'keep a sign-in as a patient alive by using it',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ sessionId: PatientSessionId }),
  output: Nothing,
  run: async (tx, { sessionId }) => {
    await tx.change(patientSession, { id: sessionId }, { lastActiveAt: tx.now })
    return {}
  },
})
