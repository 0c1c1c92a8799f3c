import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, Denied } from '#kernel/errors.ts'
import { all, exists, roleAlone, unless } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { grantsIn } from '#kernel/roles.ts'
import { after, before as earlierThan, oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { location } from '#schema/practices'
import { ActionLine, byArea, lineOf } from './areas.ts'
import { sendLink } from './invitations.ts'
import { accessChange, AccessChangeId, AccessState, invitation, loneReview, proposal, ProposalId } from './people-schema.ts'
import { recordChange } from './raises.ts'
import { roleIsStill, weigh, writeRole } from './role-editor.ts'
import { rolesOfPractice } from './roles.ts'
import { user } from './schema.ts'
import { actorId } from './secrets.ts'
import { keepAnOwner } from './team.ts'

const nobody = () => '-'
const OneProposal = z.object({ proposalId: ProposalId })
type Proposal = Value<typeof proposal>
const MOST = 200

/** Before and after in words: titles of roles, names of locations. */
const Told = z.object({ roles: z.array(z.string()), locations: z.array(z.string()), name: z.string(), credential: z.string(), isProvider: z.boolean().optional(), title: z.string() })
const teller = async (tx: Tx) => {
  const [roles, places] = await Promise.all([rolesOfPractice(tx), tx.list(location, {})])
  return (state: AccessState): z.infer<typeof Told> => ({
    roles: (state.roles ?? []).map((name) => roles.get(name)?.title ?? name),
    locations: (state.locationIds ?? []).map((id) => places.find((p) => p.id === id)?.name ?? ''),
    name: state.name ?? '',
    credential: state.credential ?? '',
    ...(state.isProvider === undefined ? {} : { isProvider: state.isProvider }),
    title: state.title ?? '',
  })
}
const namesOf = async (tx: Tx, ids: readonly (Value<typeof user>['id'] | undefined)[]) => {
  const wanted = [...new Set(ids.filter((id) => id !== undefined))]
  const people = wanted.length > 0 ? await tx.list(user, { id: oneOf(wanted) }, { open: ['name'] }) : []
  return (id: string | undefined) => people.find((p) => p.id === id)?.name ?? ''
}
const holdersWhoGain = async (tx: Tx, { roleName, gained }: Pick<Proposal, 'roleName' | 'gained'>) => {
  const roles = await rolesOfPractice(tx)
  const team = await tx.list(user, { active: true }, { open: [] })
  return team.filter((p) => roleName !== undefined && p.roles.includes(roleName) && gained.some((a) => !grantsIn(roles, p.roles).includes(a))).map((p) => p.id)
}

const Waiting = z.object({
  id: ProposalId, kind: proposal.fields.shape.kind, about: z.string(), proposedBy: z.string(), at: z.string(), expiresAt: z.string(), reason: z.string(),
  before: Told, after: Told, gains: z.array(ActionLine), loses: z.array(ActionLine),
  /** Whether whoever asks may confirm it, may take it back, or only look. */
  you: z.enum(['may confirm', 'proposed it', 'are concerned']),
})

export const listProposals = action({
  name: 'role.proposals',
  does: 'see which raises wait for a second person',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(Waiting),
  run: async (tx) => {
    const open = await tx.list(proposal, { outcome: 'open', expiresAt: after(tx.now) }, { orderBy: 'at', limit: MOST })
    const [tell, nameOf] = await Promise.all([teller(tx), namesOf(tx, open.flatMap((p) => [p.userId, p.proposedBy]))])
    return Promise.all(
      open.map(async (p) => {
        const concerned = p.userId === tx.actor.id || (p.kind === 'role' && (await holdersWhoGain(tx, p)).some((id) => id === tx.actor.id))
        const you = p.proposedBy === tx.actor.id ? ('proposed it' as const) : concerned ? ('are concerned' as const) : ('may confirm' as const)
        const { id, kind, at, expiresAt, reason, gained, lost } = p
        const about = kind === 'role' ? (p.after.title ?? '') : kind === 'person' ? nameOf(p.userId) : (p.after.name ?? '')
        return {
          id, kind, at, expiresAt, reason, about, you, proposedBy: nameOf(p.proposedBy), before: tell(p.before), after: tell(p.after),
          gains: byArea(gained.map(lineOf)), loses: byArea(lost.map(lineOf)),
        }
      }),
    )
  },
})

const notProposer = unless(
  'second-person',
  'did not propose it herself',
  exists(proposal, ({ actor, input }) => ({ id: oneOf([OneProposal.parse(input).proposalId]), proposedBy: oneOf([actor.id]) })),
  () => ({
    citation: '45 CFR 164.308(a)(3)(ii)(A)',
    why: 'You proposed this yourself. Whoever asks for more access never confirms it.',
    whoCanFix: 'Another owner, or the compliance officer',
    fix: { label: 'Open the team', href: '/team' },
  }),
)
const forHerself = () => ({
  citation: '45 CFR 164.308(a)(3)(ii)(A)',
  why: 'This would give access to yourself. Somebody else has to confirm it.',
  whoCanFix: 'Another owner, or the compliance officer',
  fix: { label: 'Open the team', href: '/team' },
})
const notConcerned = unless(
  'not-herself',
  'gains nothing by it herself',
  exists(proposal, ({ actor, input }) => ({ id: oneOf([OneProposal.parse(input).proposalId]), userId: oneOf([actor.id]) })),
  forHerself,
)

const MEANWHILE = 'What this was proposed for has changed meanwhile. Decline it and propose it again.'

const takeEffect: Record<Proposal['kind'], (tx: Tx, proposed: Proposal) => Promise<void>> = {
  async person(tx, { userId, before, after: then }) {
    const { id, roles } = await tx.lock(user, { id: userId ?? null, active: true })
    if (JSON.stringify(roles.toSorted()) !== JSON.stringify(before.roles?.toSorted())) throw conflict(MEANWHILE)
    if (roles.includes('owner') && !then.roles?.includes('owner')) await keepAnOwner(tx, id)
    await tx.change(user, { id }, { roles: then.roles })
  },
  async role(tx, proposed) {
    const { roleName = '', before, after: then } = proposed
    if ((await holdersWhoGain(tx, proposed)).some((id) => id === tx.actor.id)) throw new Denied({ rule: 'not-herself', ...forHerself() })
    const isNew = before.title === undefined
    if (!isNew && !(await roleIsStill(tx, roleName, before))) throw conflict(MEANWHILE)
    // Weighed again: a release may have raised a floor since.
    const { named } = await weigh(tx, { ...(isNew ? {} : { name: roleName }), title: then.title ?? '', basedOn: then.basedOn ?? '', actions: then.actions ?? [] })
    await writeRole(tx, named)
  },
  async invitation(tx, { invitationId }) {
    const found = await tx.lock(invitation, { id: invitationId ?? null }, ['email'])
    if (found.usedAt || found.withdrawnAt) throw conflict('This invitation was withdrawn meanwhile.')
    await tx.change(invitation, { id: found.id, waits: true }, { confirmedBy: actorId(tx) })
    await sendLink(tx, found)
  },
}

/** @hipaa 164.308(a)(4)(ii)(B) access authorization: two people for every raise */
export const confirmProposal = action({
  name: 'role.approve',
  does: 'confirm as the second person that somebody gets more access',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: all(notProposer, notConcerned),
  input: OneProposal,
  output: z.object({}),
  run: async (tx, { proposalId }) => {
    const proposed = await tx.lock(proposal, { id: proposalId }, ['before', 'after', 'reason'])
    if (proposed.outcome !== 'open') throw conflict('This was decided already.')
    if (proposed.expiresAt <= tx.now) throw conflict('This waited too long and no longer holds. Propose it again.')
    await takeEffect[proposed.kind](tx, proposed)
    await tx.change(proposal, { id: proposalId, outcome: 'open' }, { outcome: 'confirmed', closedAt: tx.now, closedBy: actorId(tx) })
    const { kind, userId, roleName, before, after: then, gained, lost, reason, proposedBy } = proposed
    if (kind === 'invitation') return {}
    await recordChange(
      tx,
      { ...(userId ? { userId } : {}), ...(roleName ? { roleName } : {}), before, after: then, gained, lost, reason, confirmedBy: actorId(tx) },
      'with others',
      proposedBy,
    )
    return {}
  },
})

/** Whoever proposed it takes it back; anybody else who could confirm it says no. */
export const declineProposal = action({
  name: 'role.decline',
  does: 'decline a raise, or take it back',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneProposal,
  output: z.object({}),
  run: async (tx, { proposalId }) => {
    const { outcome, proposedBy, invitationId } = await tx.lock(proposal, { id: proposalId })
    if (outcome !== 'open') throw conflict('This was decided already.')
    const to = proposedBy === tx.actor.id ? 'withdrawn' : 'declined'
    await tx.change(proposal, { id: proposalId, outcome: 'open' }, { outcome: to, closedAt: tx.now, closedBy: actorId(tx) })
    if (invitationId) await tx.change(invitation, { id: invitationId, usedAt: null, withdrawnAt: null }, { withdrawnAt: tx.now })
    return {}
  },
})

const ChangeLine = z.object({
  id: AccessChangeId, at: z.string(), who: z.string(), role: z.string(), by: z.string(), confirmedBy: z.string(), reason: z.string(), alone: z.boolean(),
  reviewedBy: z.string(), mayReview: z.boolean(), before: Told, after: Told, gains: z.array(ActionLine), loses: z.array(ActionLine),
})

/** @hipaa 164.316(b)(2)(i) documentation: who got which access when, from whom, and what it was before */
export const listChanges = action({
  name: 'role.changes',
  does: 'see every change of access, with before and after',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ before: z.iso.datetime().optional() }),
  output: z.array(ChangeLine),
  run: async (tx, { before: earlier }) => {
    const rows = await tx.list(accessChange, earlier ? { at: earlierThan(earlier) } : {}, { orderBy: 'at', descending: true, limit: 50 })
    const lone = rows.filter((r) => r.alone).map((r) => r.id)
    const reviews = lone.length > 0 ? await tx.list(loneReview, { changeId: oneOf(lone) }) : []
    const [tell, roles, nameOf] = await Promise.all([
      teller(tx), rolesOfPractice(tx), namesOf(tx, [...rows.flatMap((r) => [r.userId, r.by, r.confirmedBy]), ...reviews.map((r) => r.by)]),
    ])
    return rows.map((r) => {
      const review = reviews.find((one) => one.changeId === r.id)
      return {
        id: r.id, at: r.at, who: nameOf(r.userId), role: r.roleName ? (roles.get(r.roleName)?.title ?? r.after.title ?? r.before.title ?? r.roleName) : '',
        by: nameOf(r.by), confirmedBy: nameOf(r.confirmedBy), reason: r.reason, alone: r.alone, reviewedBy: nameOf(review?.by),
        mayReview: r.alone && !review && r.by !== tx.actor.id && r.userId !== tx.actor.id,
        before: tell(r.before), after: tell(r.after), gains: byArea(r.gained.map(lineOf)), loses: byArea(r.lost.map(lineOf)),
      }
    })
  },
})

const OneChange = z.object({ changeId: AccessChangeId })
const others = (which: 'by' | 'userId') =>
  exists(accessChange, ({ actor, input }) => ({ id: oneOf([OneChange.parse(input).changeId]), [which]: oneOf([actor.id]) }))

export const reviewAlone = action({
  name: 'role.review',
  does: 'look as somebody else at a raise that one person made alone',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: all(
    unless('second-person', 'did not make it herself', others('by'), () => ({
      why: 'You made this change yourself.', whoCanFix: 'Another owner, or the compliance officer', fix: { label: 'Open the team', href: '/team' },
    })),
    unless('not-herself', 'gained nothing by it herself', others('userId'), forHerself),
  ),
  clashes: { lone_review_practice_id_change_id_key: 'Somebody has looked at this already.' },
  input: OneChange,
  output: z.object({}),
  run: async (tx, { changeId }) => {
    const { alone } = await tx.get(accessChange, { id: changeId }, [])
    if (!alone) throw conflict('Two people made this change; there is nothing to look at.')
    await tx.add(loneReview, { changeId, by: actorId(tx), at: tx.now })
    return {}
  },
})
