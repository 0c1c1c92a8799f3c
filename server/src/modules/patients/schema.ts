import { z } from 'zod'
import { id, LocationId, PatientId, UserId } from '#kernel/id.ts'
import { MASK, record, sealed } from '#kernel/record.ts'

export { PatientId }

/** Where the record came from, so that an import is idempotent: `fhir:<id>`. */
export const SourceRef = z.string().max(200)

/**
 * A patient. That somebody is one is itself PHI (45 CFR 160.103): everything by which she could be recognised is sealed.
 */
export const patient = record(
  'patient',
  {
    id: PatientId,
    locationIds: z.array(LocationId).min(1),
    givenName: sealed(z.string().trim().min(1).max(80), { find: 'name' }),
    familyName: sealed(z.string().trim().min(1).max(80), { find: 'name' }),
    /** As she wants to be called. */
    calledName: sealed(z.string().trim().max(80).optional(), { find: 'name' }),
    birthDate: sealed(z.iso.date(), { find: 'date' }),
    /** E.164. */
    phone: sealed(z.string().max(40).optional(), { find: 'phone', contact: 'phone' }),
    email: sealed(z.string().max(254).optional(), { find: 'email', contact: 'email' }),
    address: sealed(z.string().max(300).optional(), { contact: 'address' }),
    sexAtBirth: sealed(z.enum(['female', 'male', 'other', 'unknown']).optional()),
    language: z.enum(['en', 'es']),
    /** Keyed hash of where an imported record came from. */
    source: sealed(SourceRef.optional(), { find: 'exact' }),
    createdAt: z.iso.datetime(),
  },
  { what: 'The patient: who she is and how to reach her.' },
)

export const FlagId = id('pfl')
/** `vip`: curious eyes are to be expected · `team`: she works here, or is reached like somebody who does. */
export const FlagKind = z.enum(['vip', 'team'])
/**
 * A patient whose chart asks why it is opened. Kept here, because the rule stands before every chart (policy.ts); who marks whom, and who
 * looks at it afterwards, is the module oversight. `openedFor` makes the rule one question to the database: who has said why today.
 */
export const patientFlag = record(
  'patient_flag',
  {
    id: FlagId,
    patientId: PatientId,
    kind: FlagKind,
    /** Of `team`: who of the team it is. */
    userId: UserId.optional(),
    reason: sealed(z.string().trim().max(500).optional()),
    setBy: z.string().max(60),
    setAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    endedBy: z.string().max(60).optional(),
    openedFor: z.array(z.string().max(60)),
  },
  { what: 'A patient whose chart asks why it is opened: well known, or of the team.' },
)
/** Why somebody opened the chart of a marked patient on that day. */
export const accessReason = record(
  'access_reason',
  { id: id('arn'), patientId: PatientId, userId: UserId, reason: sealed(z.string().trim().min(10).max(500)), at: z.iso.datetime() },
  { changes: 'added-only', what: 'Why somebody opened the chart of a marked patient.' },
)

/** What the front desk needs: who, when born, how to reach. Nothing clinical (minimum necessary, 45 CFR 164.502(b)). */
export const PatientCard = patient.fields.pick({ id: true, givenName: true, familyName: true, calledName: true, birthDate: true, phone: true, email: true, language: true })
/** How to reach her. */
export const PatientContact = patient.fields.pick({ id: true, phone: true, email: true, address: true })
/** What identifies her in a list. */
export const PatientLine = patient.fields.pick({ id: true, givenName: true, familyName: true, calledName: true, birthDate: true })
/** Whoever sees contact data in part only cannot write the part back over the whole. */
const unmasked = <T extends z.ZodType<string | undefined>>(type: T) => type.refine((text) => !text?.includes(MASK), 'is not shown to you in full: leave it out to keep it as it is')

export const NewPatient = patient.fields.pick({ givenName: true, familyName: true, calledName: true, birthDate: true, phone: true, email: true, address: true, sexAtBirth: true, language: true }).extend({
  locationId: LocationId,
  language: z.enum(['en', 'es']).default('en'),
  phone: unmasked(patient.fields.shape.phone),
  email: unmasked(patient.fields.shape.email),
  address: unmasked(patient.fields.shape.address),
})
export const OfPatient = z.object({ patientId: PatientId })
