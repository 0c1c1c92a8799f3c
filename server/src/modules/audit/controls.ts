import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { PracticeId } from '#kernel/id.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice } from '#schema/practices'
import { review, ReviewSubject, trailCheck } from './schema.ts'

const SEALED_WITHIN_SECONDS = 10
/** Without requests nothing is to be sealed; with them a head is signed every quarter of a second. */
const STALLED_AFTER_SECONDS = 120
const VERIFIED_WITHIN_DAYS = 30
const REFUSALS_WITHIN_DAYS = 7
/** The first event is written a moment before the practice's own row. */
const FIRST_EVENT_WITHIN_SECONDS = 60

const secondsSince = (now: string, then: string) => Math.max(0, Math.round((Date.parse(now) - Date.parse(then)) / 1000))
const ago = (seconds: number): string => {
  if (seconds < 120) return `${seconds} seconds ago`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`
}
const day = (iso: string) => iso.slice(0, 10)
const startOf = async (tx: Tx) => (await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })).createdAt

control({
  name: 'trail-sealed',
  title: 'Every event is sealed into the audit trail within seconds',
  citation: '45 CFR 164.312(b)',
  rules: ['SEC-312b', 'SEC-312c1'],
  check: async (tx) => {
    const { head, unsealed, oldestUnsealedAt } = await tx.selfCheck(tx.now)
    const waited = oldestUnsealedAt ? secondsSince(tx.now, oldestUnsealedAt) : 0
    const sealed = head ? `${head.size} events are sealed, the last head was signed ${ago(secondsSince(tx.now, head.at))}` : 'No event is sealed yet'
    const evidence = unsealed === 0 ? `${sealed}; none waits.` : `${sealed}; ${unsealed} wait, the oldest for ${waited} seconds.`
    const state = waited > STALLED_AFTER_SECONDS || (!head && unsealed > 0 && waited > SEALED_WITHIN_SECONDS) ? 'not in force' : waited > SEALED_WITHIN_SECONDS ? 'attention' : 'in force'
    return { state, evidence }
  },
})

control({
  name: 'trail-verified',
  title: 'The sealed trail is verified from its first event on',
  citation: '45 CFR 164.312(c)(2)',
  rules: ['SEC-312c2'],
  check: async (tx) => {
    const [last] = await tx.list(trailCheck, {}, { orderBy: 'requestedAt', descending: true, limit: 1 })
    if (!last) return { state: 'attention', evidence: 'It has never been verified.' }
    if (last.state === 'running') return { state: 'attention', evidence: `A check was asked for ${last.requestedAt} and has not ended.` }
    if (last.state === 'not-verified') return { state: 'not in force', evidence: `The check of ${day(last.requestedAt)} failed: ${last.finding.split('\n')[0] ?? ''}` }
    const isRecent = afterDays(last.requestedAt, VERIFIED_WITHIN_DAYS) > tx.now
    return { state: isRecent ? 'in force' : 'attention', evidence: `${last.sealed} events under ${last.heads} signed heads were verified on ${day(last.requestedAt)}.` }
  },
})

control({
  name: 'trail-kept',
  title: 'The trail reaches back to the first day, and nobody can shorten it',
  citation: '45 CFR 164.316(b)(2)(i)',
  rules: ['SEC-316b2i'],
  check: async (tx) => {
    const { firstEventAt, mayChangeTrail } = await tx.selfCheck(tx.now)
    if (mayChangeTrail) return { state: 'not in force', evidence: 'A login of the application has the right to change or delete events.' }
    const start = await startOf(tx)
    const isWhole = firstEventAt !== undefined && Date.parse(firstEventAt) <= Date.parse(start) + FIRST_EVENT_WITHIN_SECONDS * 1000
    return isWhole
      ? { state: 'in force', evidence: `The first event is of ${day(firstEventAt)}, the day the practice was set up; no login of the application may change or delete events.` }
      : { state: 'not in force', evidence: `The practice was set up on ${day(start)}, but its first event is of ${firstEventAt ? day(firstEventAt) : 'no day at all'}.` }
  },
})

/** Days without a review count from the start of the practice, until there is a first one. */
const reviewedSince = async (tx: Tx, subject: ReturnType<typeof ReviewSubject.parse>) => {
  const [last] = await tx.list(review, { subject }, { orderBy: 'at', descending: true, limit: 1 })
  return { last, since: last?.at ?? (await startOf(tx)) }
}

control({
  name: 'refusals-reviewed',
  title: 'Refused attempts are looked at every week',
  citation: '45 CFR 164.308(a)(1)(ii)(D)',
  rules: ['SEC-308a1iiD'],
  check: async (tx) => {
    const { last, since } = await reviewedSince(tx, 'refusals')
    const { refused } = await tx.selfCheck(since)
    const isDue = afterDays(since, REFUSALS_WITHIN_DAYS) <= tx.now
    const evidence = `${refused} refused ${refused === 1 ? 'attempt' : 'attempts'} since ${last ? `the last review on ${day(last.at)}` : `${day(since)}; none was reviewed yet`}.`
    return { state: isDue && refused > 0 ? 'attention' : 'in force', evidence }
  },
})
