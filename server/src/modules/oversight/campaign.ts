import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { session, user } from '#schema/identity'
import { holdsOf, removeHold } from './holds.ts'
import { meIn, namesOf } from './people.ts'
import { decidesOnHer } from './policy.ts'
import { dueAtOf, quarterOf } from './quarter.ts'
import { reviewerOf, teamOf } from './reviewers.ts'
import { campaign, campaignDecision, CampaignId, campaignItem, Decided, ManagerLine, manages, MyReviews } from './schema.ts'

const nobody = () => '-'
const MOST_PEOPLE = 2_000
const Nothing = z.object({})
type Campaign = Value<typeof campaign>
type Item = Value<typeof campaignItem>

const lastSignInOf = async (tx: Tx, userId: Item['userId']) => {
  const [last] = await tx.list(session, { userId }, { orderBy: 'createdAt', descending: true, limit: 1 })
  return last ? { lastSignInAt: last.createdAt } : {}
}

/** Begins a review: everybody who works here, with what she holds and who is to decide. */
export const beginCampaign = async (tx: Tx): Promise<Campaign> => {
  const { people, team, managerOf } = await teamOf(tx)
  const heldBy = await holdsOf(tx, people)
  const made = await tx.add(campaign, { quarter: quarterOf(tx.now), openedAt: tx.now, openedBy: tx.actor.id })
  const items = await Promise.all(
    people.map(async (person) => {
      const member = team.find(({ id }) => id === person.id)
      const reviewerId = member && reviewerOf(member, team, managerOf.get(person.id))
      return { campaignId: made.id, userId: person.id, ...(reviewerId ? { reviewerId } : {}), holds: heldBy(person).map(({ hold }) => hold), ...(await lastSignInOf(tx, person.id)) }
    }),
  )
  await tx.addAll(campaignItem, items)
  return made
}

export const openCampaign = action({
  name: 'campaign.open',
  does: 'begin a review of who has access to what',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { one_open_campaign: 'A review is open already. Finish it first.' },
  input: Nothing,
  output: campaign.fields.pick({ id: true, quarter: true }),
  run: beginCampaign,
})

/** What is left of an item, and the end of the campaign with its last one. */
export const settle = async (tx: Tx, { id, campaignId, userId, holds }: Pick<Item, 'id' | 'campaignId' | 'userId' | 'holds'>): Promise<void> => {
  const decided = new Set((await tx.list(campaignDecision, { campaignId, userId }, { open: [] })).map((d) => d.hold))
  if (!holds.every((hold) => decided.has(hold))) return
  await tx.change(campaignItem, { id }, { doneAt: tx.now })
  if (await tx.has(campaignItem, { campaignId, doneAt: null })) return
  await tx.change(campaign, { id: campaignId, closedAt: null }, { closedAt: tx.now })
}

/**
 * What somebody decides on one person. What is removed is gone in the same transaction; within seconds her open sessions know it too. Only
 * takes away: giving more needs two people, elsewhere.
 * @hipaa 164.308(a)(4)(ii)(C) access establishment and modification
 */
export const decide = action({
  name: 'campaign.decide',
  does: 'confirm or remove what somebody holds, in a review of access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: decidesOnHer,
  clashes: { decided_once: 'Somebody has decided on this already. Look again.' },
  input: Decided,
  output: z.object({ done: z.boolean() }),
  run: async (tx, { campaignId, userId, decisions }) => {
    // One at a time for a campaign: the last two decisions at once must not each find the other missing.
    const { closedAt } = await tx.lock(campaign, { id: campaignId })
    if (closedAt) throw conflict('This review is finished.')
    const item = await tx.lock(campaignItem, { campaignId, userId })
    const unknown = decisions.filter(({ hold }) => !item.holds.includes(hold))
    if (unknown.length > 0) throw invalid([{ path: 'decisions', message: 'She did not hold this when the review began.' }])
    const before = new Set((await tx.list(campaignDecision, { campaignId, userId }, { open: [] })).map((d) => d.hold))
    if (decisions.some(({ hold }) => before.has(hold))) throw conflict('Somebody has decided on this already. Look again.')
    const who = await tx.get(user, { id: userId }, [])
    const held = new Map((await holdsOf(tx, [who]))(who).map((h) => [h.hold, h]))
    for (const { hold, decision, note } of decisions) {
      const now = held.get(hold)
      if (now && decision === 'removed') await removeHold(tx, who, hold)
      await tx.add(campaignDecision, {
        campaignId, userId, hold, label: now?.label ?? hold, decision: now ? decision : 'gone', decidedBy: tx.actor.id, decidedAt: tx.now, ...(note ? { note } : {}),
      })
    }
    await settle(tx, item)
    return { done: (await tx.get(campaignItem, { id: item.id })).doneAt !== undefined }
  },
})

/** Whom the person at the screen is still to decide on. */
export const myReviews = action({
  name: 'campaign.mine',
  does: 'see on whose access one is to decide',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: MyReviews,
  run: async (tx) => {
    const items = await tx.list(campaignItem, { reviewerId: meIn(tx), doneAt: null }, { limit: MOST_PEOPLE })
    const [first] = items
    if (!first) return { people: [] }
    const { quarter, openedAt } = await tx.get(campaign, { id: first.campaignId })
    const people = await tx.list(user, { id: oneOf(items.map((i) => i.userId)) }, { open: ['name'], limit: MOST_PEOPLE })
    const heldBy = await holdsOf(tx, people)
    const decided = await tx.list(campaignDecision, { campaignId: first.campaignId }, { open: [], limit: MOST_PEOPLE * 10 })
    const nameOf = await namesOf(tx, items.map((i) => i.escalatedFrom))
    return {
      quarter,
      dueAt: dueAtOf(openedAt),
      people: items.flatMap((item) => {
        const who = people.find((p) => p.id === item.userId)
        if (!who) return []
        const done = new Map(decided.filter((d) => d.userId === item.userId).map((d) => [d.hold, d.decision]))
        const holds = heldBy(who).filter(({ hold }) => item.holds.includes(hold)).map((h) => ({ ...h, decision: done.get(h.hold) }))
        return [{ campaignId: item.campaignId, userId: item.userId, name: who.name, lastSignInAt: item.lastSignInAt, ...(item.escalatedFrom ? { escalatedFrom: nameOf(item.escalatedFrom) } : {}), holds }]
      }).toSorted((a, b) => a.name.localeCompare(b.name)),
    }
  },
})

export const listManagers = action({
  name: 'manager.list',
  does: 'see who decides on whose access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.array(ManagerLine),
  run: async (tx) => {
    const { people, roles, team, managerOf } = await teamOf(tx)
    const nameOf = await namesOf(tx, people.map((p) => p.id))
    return people.map((p) => {
      const managerId = managerOf.get(p.id)
      const member = team.find(({ id }) => id === p.id)
      const reviewerId = member && reviewerOf(member, team, managerId)
      return {
        userId: p.id, name: nameOf(p.id), roleTitles: p.roles.map((name) => roles.get(name)?.title ?? name),
        ...(managerId ? { managerId, managerName: nameOf(managerId) } : {}), ...(reviewerId ? { reviewerName: nameOf(reviewerId) } : {}),
      }
    }).toSorted((a, b) => a.name.localeCompare(b.name))
  },
})

export const setManager = action({
  name: 'manager.set',
  does: 'say who decides on somebody’s access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ userId: UserId, managerId: UserId.optional() }),
  output: Nothing,
  run: async (tx, { userId, managerId }) => {
    if (managerId === userId) throw invalid([{ path: 'managerId', message: 'Nobody decides on herself.' }])
    await tx.get(user, { id: userId, active: true }, [])
    await tx.remove(manages, { userId })
    if (!managerId) return {}
    await tx.get(user, { id: managerId, active: true }, [])
    await tx.add(manages, { userId, managerId })
    return {}
  },
})

/**
 * A review that was done before Nacre, on paper: everybody kept what she has now, decided by who decides by rule. Only at the command line.
 */
export const recordEarlier = action({
  name: 'campaign.record-earlier',
  does: 'put a review of access on record that was done on paper',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ openedOn: z.iso.date(), closedOn: z.iso.date() }),
  output: campaign.fields.pick({ id: true }),
  run: async (tx, { openedOn, closedOn }) => {
    const [openedAt, closedAt] = [`${openedOn}T12:00:00.000Z`, `${closedOn}T12:00:00.000Z`]
    if (openedAt >= closedAt || closedAt >= tx.now) throw invalid([{ path: 'closedOn', message: 'A review on paper lies in the past, and ends after it began.' }])
    const { people, team, managerOf } = await teamOf(tx)
    const heldBy = await holdsOf(tx, people)
    const made = await tx.add(campaign, { quarter: quarterOf(openedAt), openedAt, openedBy: tx.actor.id, closedAt })
    for (const person of people) {
      const member = team.find(({ id }) => id === person.id)
      const reviewerId = member && reviewerOf(member, team, managerOf.get(person.id))
      if (!reviewerId) continue
      const held = heldBy(person)
      await tx.add(campaignItem, { campaignId: made.id, userId: person.id, reviewerId, holds: held.map(({ hold }) => hold), doneAt: closedAt })
      await tx.addAll(campaignDecision, held.map(({ hold, label }) => ({
        campaignId: made.id, userId: person.id, hold, label, decision: 'confirmed' as const, decidedBy: reviewerId, decidedAt: closedAt, note: 'Done on paper.',
      })))
    }
    return made
  },
})

export const OneCampaign = z.object({ campaignId: CampaignId })
