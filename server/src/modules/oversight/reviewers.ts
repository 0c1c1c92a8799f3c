import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { rolesOfPractice } from '#modules/identity'
import { user } from '#schema/identity'
import { manages } from './schema.ts'

type UserId = Value<typeof user>['id']
export interface Member {
  id: UserId
  /** Offices by the roles with which hers began. */
  isOwner: boolean
  isComplianceOfficer: boolean
}

/**
 * Who decides on somebody: her manager, else the owner; on an owner the compliance officer, else another owner. Never she herself; nobody
 * when there is no one else. `team`: who works here, the longest first. Escalated, it passes over the manager.
 */
export const reviewerOf = (member: Member, team: readonly Member[], managerId: UserId | undefined): UserId | undefined => {
  const others = team.filter(({ id }) => id !== member.id)
  const [owner, officer] = [others.find((m) => m.isOwner), others.find((m) => m.isComplianceOfficer)]
  if (member.isOwner) return (officer ?? owner)?.id
  const manager = others.find(({ id }) => id === managerId)
  return (manager ?? owner ?? officer)?.id
}

export const teamOf = async (tx: Tx) => {
  const [people, roles, managed] = await Promise.all([tx.list(user, { active: true }, { open: [], orderBy: 'createdAt' }), rolesOfPractice(tx), tx.list(manages, {})])
  const holds = (names: readonly string[], office: string) => names.some((name) => (roles.get(name)?.basedOn ?? name) === office)
  const team = people.map((p): Member => ({ id: p.id, isOwner: holds(p.roles, 'owner'), isComplianceOfficer: holds(p.roles, 'compliance-officer') }))
  return { people, roles, team, managerOf: new Map(managed.map((m) => [m.userId, m.managerId])) }
}
