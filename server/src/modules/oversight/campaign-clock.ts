import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { contentGuard } from '#kernel/content-guard.ts'
import { afterDays } from '#kernel/clock.ts'
import { compose } from '#kernel/dispatch.ts'
import { PracticeId } from '#kernel/id.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import { timed } from '#kernel/timed.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { practice, service } from '#schema/practices'
import { beginCampaign, settle } from './campaign.ts'
import { holdsOf } from './holds.ts'
import { quarterOf, stageOf } from './quarter.ts'
import { reviewerOf, teamOf } from './reviewers.ts'
import { campaign, campaignDecision, campaignItem } from './schema.ts'

const EVERY_MINUTES = 60
/** A practice that has just been set up knows who may do what. */
const FIRST_AFTER_DAYS = 30
const MOST_PEOPLE = 2_000

type Item = Value<typeof campaignItem>
const unfinished = (tx: Tx, campaignId: Item['campaignId']) => tx.list(campaignItem, { campaignId, doneAt: null }, { limit: MOST_PEOPLE })

/** A quarter without a review gets one. */
const beginWhenDue = async (tx: Tx): Promise<void> => {
  const [last] = await tx.list(campaign, {}, { orderBy: 'openedAt', descending: true, limit: 1 })
  const { createdAt } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
  const isDue = last ? last.quarter !== quarterOf(tx.now) && last.closedAt !== undefined : quarterOf(createdAt) !== quarterOf(tx.now) && afterDays(createdAt, FIRST_AFTER_DAYS) <= tx.now
  if (isDue) await beginCampaign(tx)
}

/** What was lost on the way (somebody left, a role was taken elsewhere) needs no decision. */
const noteGone = async (tx: Tx, items: readonly Item[]): Promise<void> => {
  if (items.length === 0) return
  const people = await tx.list(user, { id: oneOf(items.map((i) => i.userId)) }, { open: [], limit: MOST_PEOPLE })
  const heldBy = await holdsOf(tx, people)
  for (const item of items) {
    const who = people.find((p) => p.id === item.userId)
    const held = new Set(who?.active ? heldBy(who).map(({ hold }) => hold) : [])
    const decided = new Set((await tx.list(campaignDecision, { campaignId: item.campaignId, userId: item.userId }, { open: [] })).map((d) => d.hold))
    const gone = item.holds.filter((hold) => !held.has(hold) && !decided.has(hold))
    await tx.addAll(campaignDecision, gone.map((hold) => ({
      campaignId: item.campaignId, userId: item.userId, hold, label: hold, decision: 'gone' as const, decidedBy: tx.actor.id, decidedAt: tx.now,
    })))
    if (gone.length > 0) await settle(tx, item)
  }
}

/** To those who have not answered: that something waits, and where. Nothing of anybody. */
const mail = async (tx: Tx, to: ReadonlySet<Item['userId']>): Promise<void> => {
  if (to.size === 0) return
  const { name, baseUrl } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
  const ownTerms = (await tx.list(service, {})).map((s) => s.name)
  const called = contentGuard(name, ownTerms).length > 0 ? 'your practice' : name
  for (const { email } of await tx.list(user, { id: oneOf([...to]), active: true }, { open: ['email'] }))
    await compose(tx, { channel: 'email', template: 'access-review', to: email, language: 'en', ownTerms, fields: { practice: called, link: `${baseUrl}/access-review` } })
}
const reviewersOf = (items: readonly Item[]) => new Set(items.flatMap((i) => i.reviewerId ?? []))

/** Whoever did not answer is passed over. */
const escalate = async (tx: Tx, items: readonly Item[]): Promise<Set<Item['userId']>> => {
  const { team } = await teamOf(tx)
  const now = new Set<Item['userId']>()
  for (const { id, userId, reviewerId } of items) {
    const member = team.find((m) => m.id === userId)
    const next = member && reviewerOf(member, team.filter((m) => m.isOwner || m.isComplianceOfficer || m.id === userId), undefined)
    if (!next) continue
    now.add(next)
    if (next !== reviewerId) await tx.change(campaignItem, { id }, { reviewerId: next, ...(reviewerId ? { escalatedFrom: reviewerId } : {}) })
  }
  return now
}

/**
 * Opens the review of the quarter, reminds after 14 days, passes over those who have not answered after 21. Its event looks across patients
 * only because the outbox shows messages without a patient to nobody else; it reads none of theirs.
 */
export const tendCampaign = action({
  name: 'campaign.tend',
  does: 'begin the review of access of a quarter, remind and escalate',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: z.object({}),
  run: async (tx) => {
    await beginWhenDue(tx)
    const found = await tx.find(campaign, { closedAt: null })
    if (!found) return {}
    await noteGone(tx, await unfinished(tx, found.id))
    const { id, openedAt, closedAt, remindedAt, escalatedAt } = await tx.lock(campaign, { id: found.id })
    if (closedAt) return {}
    const items = await unfinished(tx, id)
    const stage = stageOf(openedAt, tx.now)
    if ((stage === 'escalate' || stage === 'overdue') && !escalatedAt) {
      await mail(tx, await escalate(tx, items))
      await tx.change(campaign, { id }, { escalatedAt: tx.now, remindedAt: remindedAt ?? tx.now })
    } else if (stage === 'remind' && !remindedAt) {
      await mail(tx, reviewersOf(items))
      await tx.change(campaign, { id }, { remindedAt: tx.now })
    }
    return {}
  },
})

/** Asked every hour: only when there is something to do is it done, and on record. */
export const campaignIsDue = action({
  name: 'campaign.is-due',
  does: 'see whether the review of access needs tending',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({ due: z.boolean() }),
  run: async (tx) => {
    const [last] = await tx.list(campaign, {}, { orderBy: 'openedAt', descending: true, limit: 1 })
    if (!last) return { due: true }
    if (last.closedAt) return { due: last.quarter !== quarterOf(tx.now) }
    const stage = stageOf(last.openedAt, tx.now)
    const isLate = (stage === 'remind' && !last.remindedAt) || ((stage === 'escalate' || stage === 'overdue') && !last.escalatedAt)
    return { due: isLate || (await lostSomething(tx, last.id)) }
  },
})
const lostSomething = async (tx: Tx, campaignId: Item['campaignId']): Promise<boolean> => {
  const items = await unfinished(tx, campaignId)
  if (items.length === 0) return false
  const people = await tx.list(user, { id: oneOf(items.map((i) => i.userId)) }, { open: [], limit: MOST_PEOPLE })
  const heldBy = await holdsOf(tx, people)
  const decided = new Set((await tx.list(campaignDecision, { campaignId }, { open: [], limit: MOST_PEOPLE * 10 })).map((d) => `${d.userId} ${d.hold}`))
  return items.some((item) => {
    const who = people.find((p) => p.id === item.userId)
    const held = new Set(who?.active ? heldBy(who).map(({ hold }) => hold) : [])
    return item.holds.some((hold) => !held.has(hold) && !decided.has(`${item.userId} ${hold}`))
  })
}

export const campaignJob = job({
  name: 'campaign.tend',
  grants: ['campaign.tend', 'campaign.is-due'],
  input: z.object({}),
  run: async ({ perform, actor }) => {
    if ((await perform(campaignIsDue, actor, {})).due) await perform(tendCampaign, actor, {})
  },
})
timed(campaignJob, { everyMinutes: EVERY_MINUTES })
