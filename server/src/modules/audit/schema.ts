import { z } from 'zod'
import { id, PatientId, UserId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'

export const TrailCheckId = id('chk')
export const TrailCheckState = z.enum(['running', 'verified', 'not-verified'])

/** One full verification of the sealed trail. @hipaa 164.312(c)(2) mechanism to corroborate that the trail was not altered */
export const trailCheck = record(
  'trail_check',
  {
    id: TrailCheckId,
    requestedBy: UserId,
    requestedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional(),
    state: TrailCheckState,
    events: z.int().min(0),
    heads: z.int().min(0),
    /** Events that the last good head proves. */
    sealed: z.int().min(0),
    /** Merkle root over them, hex. */
    root: z.string().max(64),
    /** Position of the first bad event, from 0. */
    firstBad: z.int().min(0).optional(),
    /** What is wrong, in the verifier's words; empty when nothing is. */
    finding: z.string().max(1000),
  },
  { what: 'A full verification of the sealed audit trail: who asked, when, and what it found.' },
)

export const ReviewSubject = z.enum(['refusals'])
/** @hipaa 164.308(a)(1)(ii)(D) information system activity review, signed by a person */
export const review = record(
  'review',
  { id: id('rev'), subject: ReviewSubject, reviewedBy: UserId, at: z.iso.datetime() },
  { changes: 'added-only', what: 'A person has reviewed the refused attempts. Who has access to what is reviewed person by person (campaign).' },
)

export const TrailOutcome = z.enum(['done', 'denied', 'failed'])
const EventId = z.string().regex(/^evt_[0-9a-hjkmnp-tv-z]{26}$/, 'is not an event id')

/** Everything may be left out. Times are inclusive. `before`: the id from which to page on. */
export const TrailQuery = z.object({
  patientId: PatientId.optional(),
  actor: z.string().max(60).optional(),
  action: z.string().max(60).optional(),
  outcome: TrailOutcome.optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  before: EventId.optional(),
})

/** One line of the trail, as a person reads it. */
export const TrailEntry = z.object({
  id: z.string(),
  /** Position in the sealed tree; absent in the second before it is sealed. */
  seq: z.int().optional(),
  at: z.iso.datetime(),
  /** `usr_…`, `pat_…`, `lnk_…`, `job:<name>`, `public`, `operator:<command>` */
  actor: z.string(),
  /** Of a person of the team. */
  actorName: z.string().optional(),
  roles: z.array(z.string()),
  action: z.string(),
  /** The action as a sentence that completes "may …". */
  does: z.string(),
  purpose: z.string(),
  /** A patient's id, `*` across patients, `-` none. */
  patientId: z.string(),
  outcome: TrailOutcome,
  /** The rule that refused, or what failed; empty when it was done. */
  rule: z.string(),
  /** Reference of the request, as in an error report. */
  request: z.string(),
  /** What was opened (or, across patients, written): fields by name, and of how many rows. */
  opened: z.array(z.object({ record: z.string(), patientId: z.string(), rows: z.int(), fields: z.array(z.string()), wrote: z.boolean().optional() })),
})
/** `next`: send as `before` to page on; absent at the end. */
export const TrailPage = z.object({ lines: z.array(TrailEntry), next: z.string().optional() })
export const TrailCheckView = trailCheck.fields.extend({ requestedByName: z.string() })
export const ReviewView = review.fields.extend({ reviewedByName: z.string() })
