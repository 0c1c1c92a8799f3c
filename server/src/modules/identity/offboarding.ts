import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { LocationId, UserId } from '#kernel/id.ts'
import { roleAlone, when } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { accessRequest, user } from './schema.ts'
import { endAccess, userLeft, whenAccessEnds } from './endings.ts'
import { departure, Ended, GivenReason, invitation, proposal, recovery } from './people-schema.ts'
import { closeProposals } from './raises.ts'
import { rolesOfPractice } from './roles.ts'
import { actorId } from './secrets.ts'
import { keepAnOwner } from './team.ts'

const nobody = () => '-'
const Leaving = z.object({ userId: UserId, reason: GivenReason })

const notHerself = when(
  'not-herself',
  'is somebody else than the person who leaves',
  ({ actor, input }) => Leaving.safeParse(input).data?.userId !== actor.id,
  () => ({
    why: 'You cannot end your own access: somebody who stays has to see to it.',
    whoCanFix: 'Another owner',
    fix: { label: 'Open the team', href: '/team' },
  }),
)

whenAccessEnds({
  what: 'invitations she made',
  on: ['left'],
  async end(tx, userId) {
    const open = await tx.list(invitation, { invitedBy: userId, usedAt: null, withdrawnAt: null }, { open: [] })
    for (const { id } of open) await tx.change(invitation, { id, usedAt: null, withdrawnAt: null }, { withdrawnAt: tx.now })
    return open.length
  },
})
whenAccessEnds({
  what: 'requests for access',
  on: ['left'],
  async end(tx, userId) {
    const open = await tx.list(accessRequest, { userId, closedAt: null }, { open: [] })
    for (const { id } of open) await tx.change(accessRequest, { id, closedAt: null }, { closedAt: tx.now, closedBy: actorId(tx) })
    return open.length
  },
})
whenAccessEnds({
  what: 'raises that waited',
  on: ['left'],
  async end(tx, userId) {
    const open = await Promise.all([tx.list(proposal, { userId, outcome: 'open' }, { open: [] }), tx.list(proposal, { proposedBy: userId, outcome: 'open' }, { open: [] })])
    return closeProposals(tx, [...new Map(open.flat().map((p) => [p.id, p])).values()])
  },
})
whenAccessEnds({
  what: 'recovery links',
  on: ['left', 'recovered'],
  async end(tx, userId) {
    const open = await tx.list(recovery, { userId, usedAt: null, closedAt: null })
    for (const { id } of open) await tx.change(recovery, { id }, { closedAt: tx.now })
    return open.length
  },
})

const Certificate = departure.fields.omit({ userId: true, by: true, locationIds: true }).extend({
  name: z.string(), by: z.string(), roleTitles: z.array(z.string()), locationIds: z.array(LocationId), ended: Ended,
})

/**
 * Everything by which somebody gets in ends in one transaction: when it has committed, her next request is refused everywhere within
 * seconds. Whoever she was stays on record; to come back she is invited again.
 * @hipaa 164.308(a)(3)(ii)(C) termination procedures
 */
export const offboard = action({
  name: 'user.offboard',
  does: "end a person's access for good",
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: notHerself,
  input: Leaving,
  output: Certificate,
  run: async (tx, { userId, reason }) => {
    const who = await tx.lock(user, { id: userId, active: true }, ['name', 'email'])
    if (who.roles.includes('owner')) await keepAnOwner(tx, userId)
    await tx.change(user, { id: userId, active: true }, { active: false })
    const ended = await endAccess(tx, userId, 'left')
    const toHer = await tx.list(invitation, { email: who.email, usedAt: null, withdrawnAt: null }, { open: [] })
    for (const { id } of toHer) await tx.change(invitation, { id }, { withdrawnAt: tx.now })
    const made = await tx.add(departure, { userId, by: actorId(tx), at: tx.now, reason, roles: who.roles, locationIds: who.locationIds, ended })
    await tx.emit(userLeft, { userId })
    return certify(tx, made)
  },
})

const certify = async (tx: Tx, { userId, by, ...left }: z.infer<typeof departure.fields>): Promise<z.infer<typeof Certificate>> => {
  const [roles, people] = await Promise.all([rolesOfPractice(tx), tx.list(user, { id: oneOf([userId, by]) }, { open: ['name'] })])
  const nameOf = (id: string) => people.find((p) => p.id === id)?.name ?? ''
  return { ...left, name: nameOf(userId), by: nameOf(by), roleTitles: left.roles.map((r) => roles.get(r)?.title ?? r) }
}

export const listDepartures = action({
  name: 'departure.list',
  does: 'see who left, and what ended with it',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: z.array(Certificate),
  run: async (tx) => Promise.all((await tx.list(departure, {}, { orderBy: 'at', descending: true, limit: 100 })).map((d) => certify(tx, d))),
})
