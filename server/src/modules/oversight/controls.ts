import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { PracticeId } from '#kernel/id.ts'
import { from } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice } from '#schema/practices'
import { OVERDUE_AFTER_DAYS } from './quarter.ts'
import { reviewerOf, teamOf } from './reviewers.ts'
import { campaign, campaignItem, suspicion, watchProgress } from './schema.ts'

const LOOKED_WITHIN_HOURS = 24
const JUDGED_WITHIN_DAYS = 7
const LONGEST_UNJUDGED_DAYS = 30
const REVIEWED_WITHIN_DAYS = 100
const MOST = 20_000

const day = (iso: string) => iso.slice(0, 10)
const some = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`
const foundedAt = async (tx: Tx) => (await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })).createdAt

control({
  name: 'openings-watched',
  title: 'Who opened a record without cause is looked for all day, and judged by a person',
  citation: '45 CFR 164.308(a)(1)(ii)(D)',
  rules: ['SEC-308a1iiD'],
  check: async (tx) => {
    const [waiting, recent, progress, { head }] = await Promise.all([
      tx.list(suspicion, { state: 'open' }, { open: [], orderBy: 'firstAt', limit: MOST }),
      tx.list(suspicion, { lastAt: from(afterDays(tx.now, -LONGEST_UNJUDGED_DAYS)) }, { open: [], limit: MOST }),
      tx.find(watchProgress, {}),
      tx.selfCheck(tx.now),
    ])
    const [oldest] = waiting
    const since = progress?.lookedAt ?? (await foundedAt(tx))
    const isBlind = (head?.size ?? 0) - (progress?.seq ?? 0) > 1 && afterDays(since, LOOKED_WITHIN_HOURS / 24) <= tx.now
    const { team } = await teamOf(tx)
    const reviewers = team.filter((m) => m.isOwner || m.isComplianceOfficer)
    const alone = reviewers.length === 1 ? waiting.filter((s) => s.userId === reviewers[0]?.id).length : 0
    const found = `${some(recent.length, 'opening')} without visible cause in the last ${LONGEST_UNJUDGED_DAYS} days, ${waiting.length} not judged yet`
    if (isBlind) return { state: 'not in force', evidence: `The trail was last looked through on ${day(since)}; ${found}.` }
    if (oldest && afterDays(oldest.firstAt, LONGEST_UNJUDGED_DAYS) <= tx.now) return { state: 'not in force', evidence: `${found}, the oldest since ${day(oldest.firstAt)}.` }
    if (alone > 0) return { state: 'attention', evidence: `${found}; ${some(alone, 'is', 'are')} about the only person who could judge: name a compliance officer.` }
    if (oldest && afterDays(oldest.firstAt, JUDGED_WITHIN_DAYS) <= tx.now) return { state: 'attention', evidence: `${found}, the oldest since ${day(oldest.firstAt)}.` }
    return { state: 'in force', evidence: `${found}.` }
  },
})

control({
  name: 'access-reviewed',
  title: 'Who has access to what is reviewed every quarter, person by person',
  citation: '45 CFR 164.308(a)(4)(ii)(C)',
  rules: ['SEC-308a4iiC', 'CK-04'],
  check: async (tx) => {
    const [last] = await tx.list(campaign, {}, { orderBy: 'openedAt', descending: true, limit: 1 })
    if (last && !last.closedAt) {
      const [people, left] = [await tx.count(campaignItem, { campaignId: last.id }), await tx.count(campaignItem, { campaignId: last.id, doneAt: null })]
      const unowned = await tx.count(campaignItem, { campaignId: last.id, doneAt: null, reviewerId: null })
      const evidence = `The review of ${last.quarter} was begun on ${day(last.openedAt)}: ${people - left} of ${some(people, 'person', 'people')} decided on`
      if (unowned > 0) return { state: 'attention', evidence: `${evidence}; on ${unowned} nobody else can decide: name a compliance officer.` }
      const isOverdue = afterDays(last.openedAt, OVERDUE_AFTER_DAYS) <= tx.now
      return isOverdue ? { state: 'attention', evidence: `${evidence}; it is overdue.` } : { state: 'in force', evidence: `${evidence}.` }
    }
    const since = last?.closedAt ?? (await foundedAt(tx))
    const isDue = afterDays(since, REVIEWED_WITHIN_DAYS) <= tx.now
    const { team } = await teamOf(tx)
    const unreviewable = team.filter((m) => reviewerOf(m, team, undefined) === undefined).length
    const lonely = unreviewable > 0 && team.length > 1 ? ' On one person nobody else could decide: name a compliance officer.' : ''
    return {
      state: isDue ? 'attention' : 'in force',
      evidence: `${last ? `The review of ${last.quarter} was finished on ${day(since)}.` : `Not reviewed yet; the practice was set up on ${day(since)}.`}${lonely}`,
    }
  },
})
