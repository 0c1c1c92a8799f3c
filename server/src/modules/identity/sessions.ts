import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { Denied, invalid, unauthenticated } from '#kernel/errors.ts'
import { PracticeId } from '#kernel/id.ts'
import type { Origin } from '#kernel/origin.ts'
import { roleAlone } from '#kernel/policy.ts'
import { grantsIn } from '#kernel/roles.ts'
import type { Value } from '#kernel/record.ts'
import { standingOf } from '#kernel/standing.ts'
import type { Tx } from '#kernel/tx.ts'
import { location, practice } from '#schema/practices'
import { recogniseBrowser } from './browsers.ts'
import { newToken } from './new-token.ts'
import { stopIfCopied, whoUsedPasskey } from './passkey-check.ts'
import { rolesOfPractice } from './roles.ts'
import { ResolvedSession, session, SessionView, user, UserId } from './schema.ts'
import { isPassword, useCode } from './second-factor.ts'
import { passkey, Proof, Unlock } from './sign-in-schema.ts'

const nobody = () => '-'
const SESSION_HOURS = 12
const TOUCH_EVERY_SECONDS = 30

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

/** Only who has shown both factors learns that the account is locked. */
const refuseLocked = ({ lockedAt }: Pick<Value<typeof user>, 'lockedAt'>) => {
  if (!lockedAt) return
  throw new Denied({
    rule: 'account-locked',
    citation: 'Response to a suspected security incident, 45 CFR 164.308(a)(6)(ii)',
    why: 'This account is locked since a sign-in was reported as not its owner’s.',
    whoCanFix: 'The practice owner, together with a second person: they restore the account',
  })
}

interface Beginning extends Partial<Pick<Value<typeof session>, 'id' | 'provenAt' | 'deviceId' | 'idleMinutes'>> {
  from?: { origin: Origin; with: string }
}
/**
 * A new session of somebody who has just shown both factors, however she did. Its token is new each time: one that was planted is never adopted.
 * @param beginning `from`: where and how, when a browser's request is behind it; the answer's `mark` then becomes the cookie that knows it
 * again. Besides, the device at which it begins, and when she last showed both factors in full (for dangerous steps), where that is not now.
 */
export const beginSession = async (tx: Tx, who: Value<typeof user>, { from, ...more }: Beginning = {}) => {
  refuseLocked(who)
  const token = newToken()
  const browser = from && (await recogniseBrowser(tx, who, from.origin))
  await tx.add(session, {
    token, userId: who.id, createdAt: tx.now, lastActiveAt: tx.now, provenAt: tx.now, unlockTries: 0, expiresAt: afterMinutes(tx.now, SESSION_HOURS * 60),
    ...(from && browser ? { beganWith: from.with, network: from.origin.network, device: browser.device, browserId: browser.browserId } : {}), ...more,
  })
  return { token: `${tx.practiceId}.${token}`, mark: browser?.mark ?? '', ...(await viewOf(tx, who, () => false, more.idleMinutes)) }
}

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
    const found = await tx.find(session, { token }, [])
    if (!found || found.endedAt || found.expiresAt <= tx.now) throw unauthenticated()
    const who = await tx.get(user, { id: found.userId }, ['name'])
    if (!who.active || who.lockedAt) throw unauthenticated()
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
  output: SessionView.extend({ hasPasskey: z.boolean() }),
  run: async (tx) => {
    const found = await tx.get(session, { id: ownSessionId(tx) }, [])
    const who = await tx.get(user, { id: UserId.parse(tx.actor.id) }, ['name'])
    return { ...(await viewOf(tx, who, lockOf(found, tx.now), found.idleMinutes)), hasPasskey: await tx.has(passkey, { userId: who.id, stoppedAt: null }) }
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

const MOST_TRIES = 5
/** Counts a try before it is known whether it is right; after five the session is over. */
const countOnSession = async (tx: Tx) => {
  const { id, unlockTries } = await tx.lock(session, { id: ownSessionId(tx) })
  await tx.change(session, { id }, { unlockTries: unlockTries + 1, ...(unlockTries + 1 > MOST_TRIES ? { endedAt: tx.now } : {}) })
}
/** @throws 401 when the tries are used up */
const sessionWithTries = async (tx: Tx) => {
  const { id, endedAt, unlockTries } = await tx.get(session, { id: ownSessionId(tx) }, [])
  if (endedAt) throw unauthenticated('Too many wrong tries. Sign in again.')
  return { id, left: `${MOST_TRIES - unlockTries} more ${MOST_TRIES - unlockTries === 1 ? 'try' : 'tries'} before you have to sign in again.` }
}
const ownId = (tx: Tx) => UserId.parse(tx.actor.id)
const notYourPasskey = (left: string) => invalid([{ path: 'passkey', message: 'is not one of yours' }], `That is not a passkey of yours, or it took too long. ${left}`)

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
  run: async (tx, { passkey: answer, origin }) => {
    await countOnSession(tx)
    if (answer) await stopIfCopied(tx, 'own', answer, origin)
    return {}
  },
})

/** The password alone unlocks: the second factor was given when this session began, on this device. A passkey does too, and proves both. */
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
  run: async (tx, { password, passkey: answer, origin }) => {
    const { id, left } = await sessionWithTries(tx)
    const unlocked = { lockedAt: null, unlockTries: 0, lastActiveAt: tx.now }
    if (answer) {
      if ((await whoUsedPasskey(tx, 'own', answer, origin)) !== tx.actor.id) throw notYourPasskey(left)
      await tx.change(session, { id }, { ...unlocked, provenAt: tx.now })
      return {}
    }
    const { passwordHash } = await tx.get(user, { id: ownId(tx) }, ['passwordHash'])
    if (!(await isPassword(passwordHash, password ?? ''))) throw invalid([{ path: 'password', message: 'is wrong' }], `That is not your password. ${left}`)
    await tx.change(session, { id }, unlocked)
    return {}
  },
})

export const countProof = action({
  name: 'session.try-prove',
  does: 'try to show once more who it is',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Proof,
  output: z.object({}),
  run: async (tx, { passkey: answer, origin }) => {
    await countOnSession(tx)
    if (answer) await stopIfCopied(tx, 'own', answer, origin)
    return {}
  },
})

/** Both factors once more, in the middle of a session: dangerous steps ask for it. @hipaa 164.312(d) person or entity authentication */
export const prove = action({
  name: 'session.prove',
  does: 'show once more who it is',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Proof,
  output: z.object({}),
  run: async (tx, { password, code, passkey: answer, origin }) => {
    const { id, left } = await sessionWithTries(tx)
    if (answer) {
      if ((await whoUsedPasskey(tx, 'own', answer, origin)) !== tx.actor.id) throw notYourPasskey(left)
    } else {
      const wrong = () => invalid([{ path: 'code', message: 'The password or the code is wrong.' }], `The password or the code is wrong; a code works once. ${left}`)
      const { passwordHash } = await tx.get(user, { id: ownId(tx) }, ['passwordHash'])
      if (!(await isPassword(passwordHash, password ?? ''))) throw wrong()
      if (!(await useCode(tx, ownId(tx), code ?? ''))) throw wrong()
    }
    await tx.change(session, { id }, { provenAt: tx.now, unlockTries: 0 })
    return {}
  },
})
