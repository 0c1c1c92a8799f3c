import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { notFound } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import { after } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { endSessionsOf } from './end-sessions.ts'
import { session, SessionId, user, UserId } from './schema.ts'

const nobody = () => '-'
const ownId = (tx: Tx) => UserId.parse(tx.actor.id)
const Ended = z.object({ ended: z.int() })

const SessionLine = session.fields
  .pick({ id: true, device: true, network: true, beganWith: true, createdAt: true, lastActiveAt: true })
  .extend({ isThis: z.boolean() })

export const listSessions = action({
  name: 'session.list',
  does: 'see where she is signed in herself',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(SessionLine),
  run: async (tx) => {
    const open = await tx.list(session, { userId: ownId(tx), endedAt: null, expiresAt: after(tx.now) }, { open: ['device', 'network'], orderBy: 'lastActiveAt', descending: true })
    return open.map((one) => ({ ...one, isThis: one.id === tx.actor.via }))
  },
})

export const endOneSession = action({
  name: 'session.end-one',
  does: 'end one of her own sessions',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ sessionId: SessionId }),
  output: z.object({}),
  run: async (tx, { sessionId }) => {
    const found = await tx.find(session, { id: sessionId, userId: ownId(tx), endedAt: null }, [])
    if (!found) throw notFound('session')
    await tx.change(session, { id: sessionId }, { endedAt: tx.now })
    return {}
  },
})

export const endOtherSessions = action({
  name: 'session.end-others',
  does: 'end all her own sessions but this one',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: Ended,
  run: async (tx) => ({ ended: await endSessionsOf(tx, ownId(tx), SessionId.parse(tx.actor.via)) }),
})

/** @hipaa 164.308(a)(3)(ii)(C) termination procedures; a lost device; a screen left open */
export const endSessionsOfOther = action({
  name: 'session.end-of-other',
  does: 'end every session of another person',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ userId: UserId }),
  output: Ended,
  run: async (tx, { userId }) => {
    await tx.get(user, { id: userId }, [])
    return { ended: await endSessionsOf(tx, userId) }
  },
})
