import { afterDays } from '#kernel/clock.ts'
import { invalid } from '#kernel/errors.ts'
import type { Id } from '#kernel/id.ts'
import type { Value } from '#kernel/record.ts'
import { grantsIn } from '#kernel/roles.ts'
import { after } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { accessChange, invitation, proposal } from './people-schema.ts'
import type { rolesOfPractice } from './roles.ts'
import { user } from './schema.ts'
import { actorId } from './secrets.ts'

export type Roles = Awaited<ReturnType<typeof rolesOfPractice>>
export const OPEN_FOR_DAYS = 7

/** Whoever may do one of these decides what others may do. */
const POWERS: ReadonlySet<string> = new Set(['user.invite', 'user.change', 'user.offboard', 'role.save', 'role.approve', 'recovery.approve'])
const OFFICES: ReadonlySet<string> = new Set(['owner', 'compliance-officer'])
const isPowerful = (roles: Roles, name: string) => OFFICES.has(roles.get(name)?.basedOn ?? name) || (roles.get(name)?.actions.some((a) => POWERS.has(a)) ?? false)
export const powerful = (roles: Roles, names: readonly string[]) => names.filter((name) => isPowerful(roles, name))

const without = (all: readonly string[], these: readonly string[]) => all.filter((one) => !these.includes(one))
export const difference = (before: readonly string[], then: readonly string[]) => ({ gained: without(then, before), lost: without(before, then) })

/** What somebody gains and loses by a change of her roles, and whether two people are needed for it. */
export const changeOfRoles = (roles: Roles, before: readonly string[], then: readonly string[]) => {
  const { gained, lost } = difference(grantsIn(roles, before), grantsIn(roles, then))
  return { gained, lost, isRaise: gained.length > 0 || without(powerful(roles, then), before).length > 0 }
}

/** People who could confirm a raise: active, with the grant, and none of those whom it concerns. */
export const whoCanConfirm = async (tx: Tx, roles: Roles, concerned: readonly string[]) => {
  const team = await tx.list(user, { active: true }, { open: [] })
  return team.filter(({ id, roles: held }) => !concerned.includes(id) && grantsIn(roles, held).includes('role.approve'))
}

type Change = Omit<Value<typeof accessChange>, 'id' | 'at' | 'by' | 'alone'>
export const recordChange = (tx: Tx, change: Change, how: 'with others' | 'alone' = 'with others', by = actorId(tx)) =>
  tx.add(accessChange, { ...change, at: tx.now, by, alone: how === 'alone' })

type Proposed = Pick<Value<typeof proposal>, 'kind' | 'before' | 'after' | 'gained' | 'lost' | 'reason'> &
  Partial<Pick<Value<typeof proposal>, 'userId' | 'roleName' | 'invitationId'>>

/** A newer proposal about the same takes the place of the older one. */
export const propose = async (tx: Tx, proposed: Proposed) => {
  const { userId, roleName, invitationId } = proposed
  const same = userId ? { userId } : roleName ? { roleName } : { invitationId: invitationId ?? null }
  await closeProposals(tx, await tx.list(proposal, { ...same, outcome: 'open' }, { open: [] }))
  return tx.add(proposal, { ...proposed, proposedBy: actorId(tx), at: tx.now, expiresAt: afterDays(tx.now, OPEN_FOR_DAYS), outcome: 'open' })
}
export const closeProposals = async (tx: Tx, open: readonly { id: Id<'prp'>; invitationId?: Id<'inv'> | undefined }[]) => {
  for (const { id } of open) await tx.change(proposal, { id, outcome: 'open' }, { outcome: 'withdrawn', closedAt: tx.now, closedBy: actorId(tx) })
  return open.length
}

/** In a practice without a second person the reason in writing stands in for her, until somebody later has looked at it. */
export const needsReason = (reason: string) => {
  if (reason.length < 3)
    throw invalid([{ path: 'reason', message: 'Nobody else here could confirm this. Say in writing why it is needed; it is shown under Posture until somebody else has looked at it.' }])
}

/** Invitations that still work, or will. */
export const openInvitations = (tx: Tx) => tx.list(invitation, { usedAt: null, withdrawnAt: null, expiresAt: after(tx.now) }, { open: [] })
