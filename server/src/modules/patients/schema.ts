import { z } from 'zod'
import { LocationId, PatientId } from '#kernel/id.ts'
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
