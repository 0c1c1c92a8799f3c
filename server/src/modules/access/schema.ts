import { z } from 'zod'
import { id, PatientId, UserId } from '#kernel/id.ts'
import { record, sealed } from '#kernel/record.ts'

const Instant = z.iso.datetime()
const Day = z.iso.date()

export const SHORTEST_REASON = 10
/** Why somebody steps over a line: said before, read by somebody else afterwards. */
export const Reason = z.string().trim().min(SHORTEST_REASON, `Say in at least ${SHORTEST_REASON} characters why. Somebody will read it.`).max(500)

export const GLASS_MINUTES = 60
export const GlassId = id('brg')
/** Emergency access: an hour in which somebody who does not treat this patient may read her record. */
export const breakGlass = record(
  'break_glass',
  {
    id: GlassId,
    patientId: PatientId,
    userId: UserId,
    reason: sealed(Reason),
    brokenAt: Instant,
    until: Instant,
    closedAt: Instant.optional(),
    closedBy: z.string().max(60).optional(),
  },
  { what: 'Emergency access to a record: who, why, from when until when.' },
)

export const PassKind = z.enum(['reach', 'break-glass', 'care-team'])
/**
 * A person may reach a patient of a location where she does not work, until then. Kept apart from the patient's records, because it decides
 * what of them may be seen at all: an opaque id and a time, nothing of her.
 */
export const locationPass = record(
  'location_pass',
  {
    id: id('lps'),
    userId: UserId,
    /** The patient's id. */
    subject: PatientId,
    kind: PassKind,
    /** What it comes from: the emergency access, the place in the care team. */
    about: z.string().max(60),
    since: Instant,
    until: Instant,
    endedAt: Instant.optional(),
  },
  { what: 'A person may reach a patient of another location for a while.' },
)

export const ReviewTaskId = id('rvw')
/** Something that somebody else has to look at. `kind` says what; later modules add kinds of their own. */
export const reviewTask = record(
  'review_task',
  {
    id: ReviewTaskId,
    kind: z.string().regex(/^[a-z-]+$/).max(40),
    /** The id of what is looked at. */
    about: z.string().max(60),
    patientId: PatientId.optional(),
    /** Whose doing it is: she cannot close it herself. */
    whoId: UserId,
    reason: sealed(Reason),
    openedAt: Instant,
    toldAt: Instant.optional(),
    closedAt: Instant.optional(),
    closedBy: UserId.optional(),
    verdict: z.string().regex(/^[a-z-]+$/).max(40).optional(),
    note: sealed(z.string().trim().min(3).max(1000).optional()),
  },
  { what: 'What somebody has to review: emergency access, access across locations.' },
)
export const Verdict = z.enum(['justified', 'not-justified'])

export const CareKind = z.enum(['care-team', 'covers', 'consults', 'open-task'])
/** Somebody who takes part in a patient's care without an appointment of her own. Ends by itself. */
export const careTeam = record(
  'care_team',
  {
    id: id('ctm'),
    patientId: PatientId,
    userId: UserId,
    kind: CareKind,
    addedBy: UserId,
    addedAt: Instant,
    until: Instant,
    endedAt: Instant.optional(),
  },
  { what: 'Who takes part in a patient’s care beside her appointments, and until when.' },
)

export const FactKind = z.enum(['licence', 'training', 'attestation', 'exclusion-check'])
export const Allows = z.enum(['assess', 'prescribe', 'inject', 'laser', 'skin-care'])
/**
 * A fact about somebody of the team on which her access rests. Recorded by an administrator, an attestation by the person herself. Never
 * changed: a mistaken one is ended and another recorded.
 */
export const personFact = record(
  'person_fact',
  {
    id: id('pfa'),
    userId: UserId,
    kind: FactKind,
    /** Licence: `rn`, `np`, … · training: `privacy-security` · attestation: `confidentiality`, `policies` · check: `oig-leie`, `sam`. */
    what: z.string().regex(/^[a-z-]+$/).max(40),
    /** Issued, done, signed or checked on. */
    heldFrom: Day,
    /** The last day on which it holds. Left out: it does not end. */
    heldUntil: Day.optional(),
    /** Of a licence: the state that gave it. */
    state: z.string().regex(/^[A-Z]{2}$/).optional(),
    /** Of an attestation: which text. */
    version: z.string().max(20).optional(),
    /** Of an exclusion check. */
    result: z.enum(['clear', 'excluded']).optional(),
    /** Of a licence. */
    allows: z.array(Allows),
    /** The number of a licence; the name that was typed under a text. */
    said: sealed(z.string().trim().max(120).optional()),
    recordedBy: z.string().max(60),
    recordedAt: Instant,
    endedAt: Instant.optional(),
    endedBy: z.string().max(60).optional(),
  },
  { use: 'settings', what: 'Licence, training, attestation or exclusion check of a person of the team.' },
)

export const GATES = ['training', 'attestation', 'licence', 'exclusion'] as const
export const Gate = z.enum(GATES)
export type Gate = z.infer<typeof Gate>
export const Strictness = z.enum(['enforce', 'warn'])
const Strict = Strictness.default('enforce')
/** How the practice wants its gates. There is one row, or none: then `DEFAULTS`. */
export const accessSetting = record(
  'access_setting',
  {
    id: id('ast'),
    /** How long a patient of another location stays within reach. */
    reachHours: z.int().min(1).max(24).default(12),
    /** How long after an appointment, and how long before one, it opens the chart to whom it is with. */
    treatsDaysBack: z.int().min(7).max(365).default(90),
    treatsDaysAhead: z.int().min(1).max(90).default(30),
    /** Days from somebody's first day, or from a new text, until a gate shuts. */
    graceDays: z.int().min(0).max(60).default(14),
    training: Strict,
    attestation: Strictness.default('warn'),
    licence: Strict,
    exclusion: Strict,
    /** A gate that warns shuts from this day on. */
    trainingFrom: Day.optional(),
    attestationFrom: Day.optional(),
    licenceFrom: Day.optional(),
    exclusionFrom: Day.optional(),
    changedAt: Instant,
    changedBy: z.string().max(60),
  },
  { use: 'settings', what: 'How strict the gates on people are, and how long care relations last.' },
)
export const AccessSettings = accessSetting.fields.omit({ id: true, changedAt: true, changedBy: true })
export type AccessSettings = z.infer<typeof AccessSettings>
export const DEFAULTS: AccessSettings = AccessSettings.parse({})

/** One gate as a person should see it. */
export const GateState = z.object({
  gate: Gate,
  /** Which of several: a document to sign. */
  about: z.string(),
  title: z.string(),
  /** `open`: all is well · `soon`: it will shut · `warned`: it would shut, but the practice only warns · `shut`. */
  state: z.enum(['open', 'soon', 'warned', 'shut']),
  /** Of `open` and `soon`: the last day on which it is. */
  until: Day.exactOptional(),
  why: z.string(),
  citation: z.string(),
  /** Whether the law asks for it, or the practice does. */
  basis: z.enum(['law', 'practice']),
  whoCanFix: z.string(),
  fix: z.exactOptional(z.object({ label: z.string(), href: z.string() })),
})
export type GateState = z.infer<typeof GateState>

/** A fact as an administrator enters it. */
export const NewFact = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('licence'), what: personFact.fields.shape.what, number: z.string().trim().min(2).max(60), state: z.string().regex(/^[A-Z]{2}$/, 'is not a state, e.g. NY'),
    issuedOn: Day.optional(), expiresOn: Day, allows: z.array(Allows).max(5).default([]),
  }),
  z.object({ kind: z.literal('training'), doneOn: Day, validUntil: Day.optional() }),
  z.object({ kind: z.literal('exclusion-check'), list: z.enum(['oig-leie', 'sam', 'state-medicaid']), checkedOn: Day, result: z.enum(['clear', 'excluded']) }),
])
export const FactLine = personFact.fields.pick({
  id: true, kind: true, what: true, heldFrom: true, heldUntil: true, state: true, version: true, result: true, allows: true, said: true, recordedAt: true,
})
export const PersonStanding = z.object({ gates: z.array(GateState), facts: z.array(FactLine) })

/** One part of a rule. */
const ExplainedLine = z.object({
  depth: z.int(), name: z.string(), words: z.string(), verdict: z.enum(['yes', 'no', 'depends']), why: z.string().optional(), until: z.string().optional(), how: z.enum(['one', 'all', 'any']),
})
/** Why somebody may or may not do something. */
export const Explanation = z.object({
  action: z.string(),
  does: z.string(),
  who: z.string(),
  verdict: z.enum(['yes', 'no', 'depends']),
  /** One sentence. */
  why: z.string(),
  /** Of a yes: when it ends by itself. */
  until: z.string().optional(),
  /** The titles of the roles that include it. */
  roles: z.array(z.string()),
  /** What of her standing (training, licence, …) stands in the way, or will. */
  standing: z.object({ verdict: z.enum(['yes', 'no']), why: z.string(), until: z.string().optional() }),
  /** Whether the patient comes to a place where she works. */
  place: z.array(ExplainedLine),
  /** The rule beyond the role as a tree, read from the top: `depth` says whose part a line is. */
  rule: z.array(ExplainedLine),
  asksForProof: z.boolean(),
})
