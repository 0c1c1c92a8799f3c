import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { accessRequest, user } from './schema.ts'

const nobody = () => '-'
const doesOf = (name: string) => ACTIONS.get(name)?.does ?? name

/** The fix that the refusal of a role starts: the owner learns who needs what, and why. */
export const askForAccess = action({
  name: 'access.ask',
  does: 'ask the owner for something the own role does not include',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: accessRequest.fields.pick({ action: true, reason: true }),
  output: z.object({ id: accessRequest.fields.shape.id }),
  run: async (tx, input) => {
    if (!ACTIONS.has(input.action)) throw invalid([{ path: 'action', message: 'There is no such action.' }])
    return tx.add(accessRequest, { ...input, userId: UserId.parse(tx.actor.id), at: tx.now })
  },
})

export const listAccessRequests = action({
  name: 'access.list',
  does: 'see who asked for more access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: z.array(z.object({ id: z.string(), who: z.string(), wants: z.string(), reason: z.string(), at: z.string() })),
  run: async (tx) => {
    const open = await tx.list(accessRequest, { closedAt: null }, { orderBy: 'at', descending: true, limit: 100 })
    const people = open.length > 0 ? await tx.list(user, { id: oneOf([...new Set(open.map((r) => r.userId))]) }, { open: ['name'] }) : []
    return open.map((r) => ({ id: r.id, who: people.find((p) => p.id === r.userId)?.name ?? '', wants: doesOf(r.action), reason: r.reason, at: r.at }))
  },
})

export const closeAccessRequest = action({
  name: 'access.close',
  does: 'close a request for more access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ requestId: accessRequest.fields.shape.id }),
  output: z.object({}),
  run: async (tx, { requestId }) => {
    await tx.get(accessRequest, { id: requestId }, [])
    await tx.change(accessRequest, { id: requestId, closedAt: null }, { closedAt: tx.now, closedBy: UserId.parse(tx.actor.id) })
    return {}
  },
})
