import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { Denied } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { checkPlaces } from './invitations.ts'
import { PersonFields, ProposalId, Reason, type AccessState } from './people-schema.ts'
import { changeOfRoles, needsReason, powerful, propose, recordChange, whoCanConfirm } from './raises.ts'
import { rolesOfPractice } from './roles.ts'
import { PersonCard, session, user } from './schema.ts'

const nobody = () => '-'
export const IDLE_AFTER_DAYS = 90

type Person = Value<typeof user>

/** When each was last here: her latest sign-in, however it was. */
export const lastSignIns = async (tx: Tx, people: readonly Pick<Person, 'id'>[]): Promise<ReadonlyMap<string, string>> => {
  const latest = await Promise.all(people.map(({ id }) => tx.list(session, { userId: id }, { orderBy: 'createdAt', descending: true, limit: 1 })))
  return new Map(latest.flat().map(({ userId, createdAt }) => [userId, createdAt]))
}
/** Whoever joined and never came counts from the day she joined. */
export const isIdle = ({ createdAt }: Pick<Person, 'createdAt'>, lastSignInAt: string | undefined, now: string) =>
  afterDays(lastSignInAt ?? createdAt, IDLE_AFTER_DAYS) <= now

const TeamMember = PersonCard.extend({
  email: z.string(),
  roleTitles: z.array(z.string()),
  /** Could take everybody's access away or give it. */
  manages: z.boolean(),
  lastSignInAt: z.string().optional(),
  idle: z.boolean(),
})

export const listTeam = action({
  name: 'user.team',
  does: 'see the team with addresses and last sign-ins',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: z.array(TeamMember),
  run: async (tx) => {
    const team = await tx.list(user, { active: true }, { open: ['name', 'email'] })
    const [roles, seen] = await Promise.all([rolesOfPractice(tx), lastSignIns(tx, team)])
    return team
      .map((p) => {
        const lastSignInAt = seen.get(p.id)
        return {
          ...p,
          roleTitles: p.roles.map((name) => roles.get(name)?.title ?? name),
          manages: powerful(roles, p.roles).length > 0,
          ...(lastSignInAt ? { lastSignInAt } : {}),
          idle: isIdle(p, lastSignInAt, tx.now),
        }
      })
      .toSorted((a, b) => a.name.localeCompare(b.name))
  },
})

/** Somebody must be left who can give and take access. */
export const keepAnOwner = async (tx: Tx, leaving: string) => {
  const others = (await tx.list(user, { active: true }, { open: [] })).filter(({ id, roles }) => id !== leaving && roles.includes('owner'))
  if (others.length > 0) return
  throw new Denied({
    rule: 'last-owner',
    why: 'This is the last owner. Without an owner nobody could give or take access any more.',
    whoCanFix: 'You, by making somebody else owner first',
    fix: { label: 'Open the team', href: '/team' },
  })
}

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)
const sorted = (names: readonly string[]) => names.toSorted()

/**
 * Changes who somebody is to the practice. What takes access away takes effect at once; what gives more waits for a second person.
 * A change of roles that does both waits as a whole.
 * @hipaa 164.308(a)(4)(ii)(C) access establishment and modification
 */
export const changePerson = action({
  name: 'user.change',
  does: 'change what a person of the team is and may do',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  input: PersonFields.extend({ userId: UserId, reason: Reason.default('') }),
  output: z.object({ effect: z.enum(['nothing', 'done', 'proposed', 'done alone']), proposalId: ProposalId.optional(), gained: z.array(z.string()), lost: z.array(z.string()) }),
  run: async (tx, { userId, reason, ...wanted }) => {
    const roles = await rolesOfPractice(tx)
    await checkPlaces(tx, roles, wanted)
    const who = await tx.lock(user, { id: userId, active: true }, ['name'])
    if (who.roles.includes('owner') && !wanted.roles.includes('owner')) await keepAnOwner(tx, userId)
    const { roles: newRoles, ...fields } = wanted
    const was: AccessState = { name: who.name, credential: who.credential, locationIds: who.locationIds, isProvider: who.isProvider, roles: who.roles }
    const factsChange = differs({ ...fields, locationIds: sorted(fields.locationIds) }, {
      name: who.name, credential: who.credential, locationIds: sorted(who.locationIds), isProvider: who.isProvider,
    })
    const rolesChange = differs(sorted(newRoles), sorted(who.roles))
    if (factsChange) await tx.change(user, { id: userId }, fields)
    const facts = { userId, before: was, reason }
    const { gained, lost, isRaise } = changeOfRoles(roles, who.roles, newRoles)
    if (!rolesChange || isRaise) {
      if (factsChange) await recordChange(tx, { ...facts, after: { ...fields, roles: who.roles }, gained: [], lost: [] })
      if (!rolesChange) return { effect: factsChange ? ('done' as const) : ('nothing' as const), gained: [], lost: [] }
    }
    const then = { ...facts, before: factsChange && isRaise ? { ...fields, roles: who.roles } : was, after: { ...fields, roles: newRoles }, gained, lost }
    if (isRaise && (await whoCanConfirm(tx, roles, [tx.actor.id, userId])).length > 0) {
      const { id } = await propose(tx, { kind: 'person', ...then })
      return { effect: 'proposed' as const, proposalId: id, gained, lost }
    }
    if (isRaise) needsReason(reason)
    await tx.change(user, { id: userId }, { roles: newRoles })
    await recordChange(tx, then, isRaise ? 'alone' : 'with others')
    return { effect: isRaise ? ('done alone' as const) : ('done' as const), gained, lost }
  },
})
