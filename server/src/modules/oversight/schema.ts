import { z } from 'zod'
import { id, PatientId, UserId } from '#kernel/id.ts'
import { record, sealed } from '#kernel/record.ts'
import { patientFlag } from '#schema/patients'

const Instant = z.iso.datetime()
const Someone = z.string().max(60)

/** Why an opening is looked at. Several may hold at once. */
export const SuspicionKind = z.enum(['no-link', 'same-surname', 'same-address', 'same-contact', 'staff-patient', 'vip', 'volume'])
export type SuspicionKind = z.infer<typeof SuspicionKind>
export const SuspicionState = z.enum(['open', 'justified', 'false-alarm', 'incident'])
export const Verdict = SuspicionState.exclude(['open'])
export const SuspicionId = id('sus')
const Note = z.string().trim().min(3, 'Say in a few words why.').max(1000)

/** @hipaa 164.308(a)(1)(ii)(D) information system activity review: who looked at whom without visible cause, and what somebody else found */
export const suspicion = record(
  'suspicion',
  {
    id: SuspicionId,
    userId: UserId,
    patientId: PatientId,
    /** At the practice. */
    day: z.iso.date(),
    kinds: z.array(SuspicionKind),
    /** Whether a chart was opened, or only who she is and when she comes. */
    clinical: z.boolean(),
    /** The first of them. */
    eventIds: z.array(z.string()),
    openings: z.int(),
    firstAt: Instant,
    lastAt: Instant,
    /** Of `volume`: patients opened that day so far, and on her average day. */
    patientsThatDay: z.int().optional(),
    usualPatients: z.int().optional(),
    state: SuspicionState,
    closedAt: Instant.optional(),
    closedBy: UserId.optional(),
    note: sealed(Note.optional()),
  },
  { what: 'Somebody opened a patient’s record without visible cause, or where it tempts: for another person to look at.' },
)
export const MuteId = id('mut')
export const suspicionMute = record(
  'suspicion_mute',
  { id: MuteId, userId: UserId, patientId: PatientId, kind: SuspicionKind, reason: sealed(Note), setBy: UserId, setAt: Instant, until: Instant, endedAt: Instant.optional(), endedBy: Someone.optional() },
  { what: 'One cause that raises no suspicion for one person and one patient, for a while: who allowed it and why.' },
)
export const watchProgress = record(
  'watch_progress',
  { id: id('wch'), /** The first position of the sealed trail that was not looked at. */ seq: z.int(), lookedAt: Instant, detectedAt: Instant.optional() },
  { what: 'How far the trail has been looked through for openings without cause.' },
)
export const volumeDay = record(
  'volume_day',
  { id: id('vol'), userId: UserId, day: z.iso.date(), patients: z.int(), flagged: z.boolean() },
  { what: 'How many patients somebody opened on a day: her own normal. Counts, no patient.' },
)
export const staffHome = record(
  'staff_home',
  { id: id('sho'), userId: UserId, address: sealed(z.string().trim().max(300).optional()), phone: sealed(z.string().trim().max(40).optional()), changedAt: Instant, changedBy: Someone },
  { what: 'Where somebody of the team lives and is reached: compared with patients whom she opens.' },
)

/** Who decides on somebody's access in a review. Nobody named: the owner. */
export const manages = record('manages', { id: id('mng'), managerId: UserId, userId: UserId }, { changes: 'removable', what: 'Who manages whom, for the review of access.' })
export const CampaignId = id('cpg')
/** @hipaa 164.308(a)(4)(ii)(C) access establishment and modification: review of a user's right of access, every quarter */
export const campaign = record(
  'campaign',
  { id: CampaignId, /** `2026-Q4` */ quarter: z.string().regex(/^\d{4}-Q[1-4]$/), openedAt: Instant, openedBy: Someone, remindedAt: Instant.optional(), escalatedAt: Instant.optional(), closedAt: Instant.optional() },
  { what: 'A quarterly review of who has access to what.' },
)
/** `role:front-desk`, `location:loc_…`: one thing that somebody holds. */
export const Hold = z.string().regex(/^[a-z]+:[\w-]+$/).max(80)
export const campaignItem = record(
  'campaign_item',
  {
    id: id('cpi'),
    campaignId: CampaignId,
    userId: UserId,
    /** Nobody: the practice has no one else who could. */
    reviewerId: UserId.optional(),
    escalatedFrom: UserId.optional(),
    /** What she held when the review began. */
    holds: z.array(Hold),
    lastSignInAt: Instant.optional(),
    doneAt: Instant.optional(),
  },
  { what: 'One person in a review of access: what she held, and who is to decide.' },
)
export const Decision = z.enum(['confirmed', 'removed', 'gone'])
export const campaignDecision = record(
  'campaign_decision',
  {
    id: id('cpd'),
    campaignId: CampaignId,
    userId: UserId,
    hold: Hold,
    /** As it was called then. */
    label: sealed(z.string().max(200)),
    /** `gone`: she no longer held it when her turn came. */
    decision: Decision,
    decidedBy: Someone,
    decidedAt: Instant,
    note: sealed(z.string().trim().max(500).optional()),
  },
  { changes: 'added-only', what: 'What was decided on one thing that somebody held, by whom and when. Never changed.' },
)

export const QueueQuestion = z.object({ state: z.enum(['open', 'closed']).default('open'), before: Instant.optional() })
/** No patient: whose record it was is shown when an item is opened, which is on record. */
export const SuspicionLine = suspicion.fields.pick({ id: true, patientId: true, userId: true, day: true, kinds: true, clinical: true, openings: true, state: true, lastAt: true, closedAt: true }).extend({
  who: z.string(),
  /** "opened the chart of a patient with the same surname, without …" */
  said: z.string(),
  closedByName: z.string().optional(),
})
export const KindRate = z.object({ kind: SuspicionKind, closed: z.int(), falseAlarms: z.int() })
export const Queue = z.object({
  items: z.array(SuspicionLine),
  next: z.string().optional(),
  /** Of what was closed in the last 90 days. */
  rates: z.array(KindRate),
  lookedAt: Instant.optional(),
})
export const OfSuspicion = z.object({ suspicionId: SuspicionId, patientId: PatientId })
export const MuteLine = suspicionMute.fields.pick({ id: true, kind: true, until: true, userId: true, reason: true })
export const SuspicionView = SuspicionLine.extend({
  patientName: z.string(),
  note: z.string().optional(),
  patientsThatDay: z.int().optional(),
  usualPatients: z.int().optional(),
  /** What she did with this record that day. */
  events: z.array(z.object({ at: z.string(), does: z.string() })),
  /** What she said herself before she opened the chart. */
  reasons: z.array(z.object({ at: z.string(), reason: z.string() })),
  mutes: z.array(MuteLine),
})
export const Judgement = OfSuspicion.extend({ verdict: Verdict, note: Note })
export const NewMute = z.object({ userId: UserId, patientId: PatientId, kind: SuspicionKind, reason: Note, days: z.int().min(1).max(365) })

export const NewFlag = z.object({ patientId: PatientId, kind: patientFlag.fields.shape.kind, userId: UserId.optional(), reason: Note })
export const FlagLine = patientFlag.fields.pick({ id: true, patientId: true, kind: true, setAt: true, reason: true }).extend({ patientName: z.string(), setByName: z.string(), whoName: z.string().optional() })

export const HeldThing = z.object({ hold: Hold, kind: z.string(), label: z.string(), detail: z.string(), decision: Decision.optional() })
export const PersonToReview = z.object({
  campaignId: CampaignId,
  userId: UserId,
  name: z.string(),
  lastSignInAt: z.string().optional(),
  escalatedFrom: z.string().optional(),
  holds: z.array(HeldThing),
})
export const MyReviews = z.object({ quarter: z.string().optional(), dueAt: z.string().optional(), people: z.array(PersonToReview) })
export const Decided = z.object({
  campaignId: CampaignId,
  userId: UserId,
  decisions: z.array(z.object({ hold: Hold, decision: Decision.exclude(['gone']), note: z.string().trim().max(500).optional() })).min(1).max(100),
})
export const CampaignLine = campaign.fields.extend({ people: z.int(), done: z.int(), removed: z.int(), dueAt: z.string(), state: z.enum(['open', 'overdue', 'finished']), openedByName: z.string() })
export const CampaignReport = CampaignLine.extend({
  items: z.array(z.object({
    userId: UserId, name: z.string(), reviewerName: z.string().optional(), escalatedFromName: z.string().optional(), lastSignInAt: z.string().optional(),
    undecided: z.array(z.string()),
    decisions: z.array(z.object({ hold: Hold, label: z.string(), decision: Decision, byName: z.string(), at: z.string(), note: z.string().optional() })),
  })),
})
export const ManagerLine = z.object({ userId: UserId, name: z.string(), roleTitles: z.array(z.string()), managerId: UserId.optional(), managerName: z.string().optional(), reviewerName: z.string().optional() })
export const HomeView = z.object({ userId: UserId, name: z.string(), address: z.string().optional(), phone: z.string().optional(), changedAt: z.string().optional() })
