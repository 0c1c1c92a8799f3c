import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { invalid, tooMany, unauthenticated } from '#kernel/errors.ts'
import { PracticeId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { grantsIn } from '#kernel/roles.ts'
import type { Value } from '#kernel/record.ts'
import { standingOf } from '#kernel/standing.ts'
import type { Tx } from '#kernel/tx.ts'
import { location, practice } from '#schema/practices'
import { rolesOfPractice } from './roles.ts'
import { ResolvedSession, session, SessionView, SignIn, signInTry, Unlock, user, UserId } from './schema.ts'
import { hashPassword, hashRecoveryCode, normaliseRecoveryCode, passwordMatches, totpStep } from './sign-in.ts'

const nobody = () => '-'
const TRIES_BEFORE_LOCK = 5
const FIRST_LOCK_MINUTES = 1
const LONGEST_LOCK_MINUTES = 60
const SESSION_HOURS = 12
const TOUCH_EVERY_SECONDS = 30
const TOKEN_BYTES = 32

const newToken = () => Buffer.from(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))).toString('base64url')

/** Doubles with every further try, up to an hour. */
const lockMinutes = (tries: number) => Math.min(LONGEST_LOCK_MINUTES, FIRST_LOCK_MINUTES * 2 ** (tries - TRIES_BEFORE_LOCK))

/** Counts a try before it is known whether it is right, so that parallel guesses cannot slip through. */
export const countTry = action({
  name: 'session.try',
  does: 'try to sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: SignIn,
  output: z.object({}),
  run: async (tx, { email }) => {
    const key = email.trim().toLowerCase()
    const known = await tx.find(signInTry, { email: key })
    if (!known) {
      await tx.add(signInTry, { email: key, tries: 1, lastAt: tx.now })
      return {}
    }
    const { id, tries, lockedUntil } = await tx.lock(signInTry, { id: known.id })
    if (lockedUntil && lockedUntil > tx.now) {
      const seconds = Math.ceil((Date.parse(lockedUntil) - Date.parse(tx.now)) / 1000)
      throw tooMany(seconds, `Too many tries for this address. Try again in ${Math.ceil(seconds / 60)} min, or ask the owner for help.`)
    }
    const lock = tries + 1 >= TRIES_BEFORE_LOCK ? { lockedUntil: afterMinutes(tx.now, lockMinutes(tries + 1)) } : {}
    await tx.change(signInTry, { id }, { tries: tries + 1, lastAt: tx.now, ...lock })
    return {}
  },
})

// Compared with when the address is unknown, so that the time of an answer does not tell whether an account exists.
let decoy: Promise<string> | undefined
const decoyHash = () => (decoy ??= hashPassword('no account has this password'))

const codeIsRight = async (tx: Tx, who: Pick<Value<typeof user>, 'totpSecret' | 'totpUsedStep' | 'recoveryCodes'>, code: string): Promise<Partial<Value<typeof user>> | undefined> => {
  const step = await totpStep(who.totpSecret, code.replaceAll(' ', ''), Date.parse(tx.now), who.totpUsedStep)
  if (step !== undefined) return { totpUsedStep: step }
  const typed = normaliseRecoveryCode(code)
  for (const hash of who.recoveryCodes)
    if (hash === (await hashRecoveryCode(typed))) return { recoveryCodes: who.recoveryCodes.filter((h) => h !== hash) }
  return undefined
}

/** Whether this is a right code of hers, of the authenticator or for recovery. It works once. */
export const secondFactorOf = async (tx: Tx, who: Value<typeof user>, code: string): Promise<boolean> => {
  // Locked before it is looked at: of two who send the same code at the same moment, the second finds it used.
  const now = await tx.lock(user, { id: who.id }, ['totpSecret', 'recoveryCodes'])
  const used = await codeIsRight(tx, now, code)
  if (!used) return false
  await tx.change(user, { id: now.id }, used)
  return true
}

const viewOf = async (tx: Tx, who: Value<typeof user>, isLocked: (idleMinutes: number) => boolean, longestIdleMinutes?: number): Promise<z.infer<typeof SessionView>> => {
  const { name, ...settings } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
  const idleMinutes = Math.min(settings.idleMinutes, longestIdleMinutes ?? settings.idleMinutes)
  const places = await tx.list(location, {}, { orderBy: 'name' })
  const roles = await rolesOfPractice(tx)
  return {
    user: {
      id: who.id, name: who.name, credential: who.credential, roles: who.roles,
      roleTitles: who.roles.map((name) => roles.get(name)?.title ?? name),
      home: roles.get(who.roles[0] ?? '')?.home ?? '/',
      locations: places.filter((p) => who.locationIds.includes(p.id)).map(({ id, name: called, timeZone }) => ({ id, name: called, timeZone })),
      grants: grantsIn(roles, who.roles),
    },
    practice: { name, idleMinutes },
    locked: isLocked(idleMinutes),
  }
}

/** Locked by hand, or by doing nothing for as long as the practice allows. @hipaa 164.312(a)(2)(iii) automatic logoff */
const lockOf = (found: Value<typeof session>, now: string) => (idleMinutes: number) =>
  found.lockedAt !== undefined || afterMinutes(found.lastActiveAt, idleMinutes) <= now

/**
 * A new session of somebody who has just shown both factors, however she did. Its token is new each time: one that was planted is never adopted.
 * @param more the device at which it begins, and when she last showed both factors in full (for dangerous steps), where that is not now
 */
export const beginSession = async (
  tx: Tx,
  who: Value<typeof user>,
  more: Partial<Pick<Value<typeof session>, 'id' | 'provenAt' | 'deviceId' | 'idleMinutes'>> = {},
) => {
  const token = newToken()
  await tx.add(session, {
    token, userId: who.id, createdAt: tx.now, lastActiveAt: tx.now, provenAt: tx.now, unlockTries: 0, expiresAt: afterMinutes(tx.now, SESSION_HOURS * 60), ...more,
  })
  return { token: `${tx.practiceId}.${token}`, ...(await viewOf(tx, who, () => false, more.idleMinutes)) }
}

/** @hipaa 164.312(d) person or entity authentication: password and second factor, always both */
export const signIn = action({
  name: 'session.sign-in',
  does: 'sign in',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: SignIn,
  output: SessionView.extend({ token: z.string() }),
  run: async (tx, { email, password, code }) => {
    const key = email.trim().toLowerCase()
    const who = await tx.find(user, { email: key, active: true })
    const passwordRight = await passwordMatches(who?.passwordHash ?? (await decoyHash()), password)
    if (!who || !passwordRight || !(await secondFactorOf(tx, who, code))) throw unauthenticated('The e-mail address, the password or the code is wrong.')
    await tx.remove(signInTry, { email: key })
    return beginSession(tx, who)
  },
})

/** Who a session cookie stands for. */
export const resolveSession = action({
  name: 'session.resolve',
  does: 'use a session',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ token: z.string(), proof: z.string().optional() }),
  output: ResolvedSession,
  run: async (tx, { token, proof }) => {
    const found = await tx.find(session, { token })
    if (!found || found.endedAt || found.expiresAt <= tx.now) throw unauthenticated()
    const who = await tx.get(user, { id: found.userId }, ['name'])
    if (!who.active) throw unauthenticated()
    const view = await viewOf(tx, who, lockOf(found, tx.now), found.idleMinutes)
    const roles = await rolesOfPractice(tx)
    const { locationIds } = who
    const basedOn = who.roles.map((name) => roles.get(name)?.basedOn ?? name)
    const { deviceId } = found
    const present = {
      userId: who.id, roles: who.roles, basedOn, locationIds, timeZone: view.user.locations[0]?.timeZone ?? 'UTC', since: who.createdAt,
      sessionId: found.id, deviceId, proof,
    }
    return { ...view, sessionId: found.id, deviceId, lastActiveAt: found.lastActiveAt, provenAt: found.provenAt, locationIds, ...(await standingOf(tx, present)) }
  },
})

/** A person did something: the idle clock starts again. Background polling does not come here. */
export const touchSession = action({
  name: 'session.touch',
  does: 'keep a session alive by using it',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ sessionId: session.fields.shape.id }),
  output: z.object({}),
  run: async (tx, { sessionId }) => {
    await tx.change(session, { id: sessionId }, { lastActiveAt: tx.now })
    return {}
  },
})
export const touchEveryMs = TOUCH_EVERY_SECONDS * 1000

export const endSession = action({
  name: 'session.end',
  does: 'sign out',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: z.object({}),
  run: async (tx) => {
    const { via } = tx.actor
    if (via) await tx.change(session, { id: session.fields.shape.id.parse(via) }, { endedAt: tx.now })
    return {}
  },
})

const ownSessionId = (tx: Tx) => session.fields.shape.id.parse(tx.actor.via)

/** What the signed-in person's page needs to know of herself. */
export const ownSession = action({
  name: 'session.view',
  does: 'see who is signed in',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: SessionView,
  run: async (tx) => {
    const found = await tx.get(session, { id: ownSessionId(tx) })
    return viewOf(tx, await tx.get(user, { id: UserId.parse(tx.actor.id) }, ['name']), lockOf(found, tx.now), found.idleMinutes)
  },
})

export const lockSession = action({
  name: 'session.lock',
  does: 'lock the own screen',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: z.object({}),
  run: async (tx) => {
    await tx.change(session, { id: ownSessionId(tx) }, { lockedAt: tx.now })
    return {}
  },
})

const MOST_UNLOCK_TRIES = 5
/** Counts a try before it is known whether it is right; after five the session is over. */
export const countUnlock = action({
  name: 'session.try-unlock',
  does: 'try to unlock the own screen',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  input: Unlock,
  output: z.object({}),
  run: async (tx) => {
    const { id, unlockTries } = await tx.lock(session, { id: ownSessionId(tx) })
    await tx.change(session, { id }, { unlockTries: unlockTries + 1, ...(unlockTries + 1 > MOST_UNLOCK_TRIES ? { endedAt: tx.now } : {}) })
    return {}
  },
})

/** The password alone unlocks: the second factor was given when this session began, on this device. */
export const unlockSession = action({
  name: 'session.unlock',
  does: 'unlock the own screen',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  input: Unlock,
  output: z.object({}),
  run: async (tx, { password }) => {
    const { id, endedAt, unlockTries } = await tx.get(session, { id: ownSessionId(tx) })
    if (endedAt) throw unauthenticated('Too many wrong passwords. Sign in again.')
    const who = await tx.get(user, { id: UserId.parse(tx.actor.id) }, ['passwordHash'])
    if (!(await passwordMatches(who.passwordHash, password)))
      throw invalid([{ path: 'password', message: 'is wrong' }], `That is not your password. ${MOST_UNLOCK_TRIES - unlockTries} more tries before you have to sign in again.`)
    await tx.change(session, { id }, { lockedAt: null, unlockTries: 0, lastActiveAt: tx.now })
    return {}
  },
})
