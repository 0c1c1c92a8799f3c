import { z } from 'zod'
import { id, PatientId } from '#kernel/id.ts'
import { hashed, record, sealed } from '#kernel/record.ts'

const Instant = z.iso.datetime()
export const Language = z.enum(['en', 'es'])
export type Language = z.infer<typeof Language>
export const ContactChannel = z.enum(['email', 'text'])

export const RepresentativeId = id('rep')
export const RepresentationId = id('rpn')
export const SignInAskId = id('sia')
export const PatientSessionId = id('pse')
export const PasskeyId = id('ppk')
export const AddressCheckId = id('ack')

export const patientTry = record(
  'patient_try',
  { id: id('ptr'), about: hashed(z.string()), tries: z.int(), lockedUntil: Instant.optional(), lastAt: Instant },
  { changes: 'removable', what: 'Counts codes asked for and tries to sign in as a patient, by a keyed hash of the address or network.' },
)

/** Made for whatever address was typed, so that neither the answer nor the time it takes tells whether anybody has it. */
export const signInAsk = record(
  'sign_in_ask',
  {
    id: SignInAskId,
    address: sealed(z.string().max(254)),
    channel: ContactChannel,
    language: Language,
    token: hashed(z.string().optional()),
    createdAt: Instant,
    expiresAt: Instant,
    sentAt: Instant.optional(),
    usedAt: Instant.optional(),
    tries: z.int(),
  },
  { changes: 'removable', what: 'Somebody asked for a code to sign in as a patient. Removed after a day.' },
)
/** The code (or the link's token) and the birth date together, as one keyed hash. */
export const signInProof = record(
  'sign_in_proof',
  { id: id('sip'), askId: SignInAskId, personId: z.string(), byCode: hashed(z.string()), byLink: hashed(z.string()), createdAt: Instant },
  { changes: 'removable', what: 'What must be typed to sign in, as keyed hashes of code and birth date together. Removed after a day.' },
)

/** A person who acts for patients, and is none herself as far as this record goes. */
export const representative = record(
  'representative',
  {
    id: RepresentativeId,
    name: sealed(z.string().trim().min(2).max(120)),
    email: sealed(z.email().max(254).optional(), { find: 'exact', contact: 'email' }),
    /** E.164. */
    phone: sealed(z.string().max(40).optional(), { find: 'exact', contact: 'phone' }),
    birthDate: sealed(z.iso.date()),
    language: Language,
    createdAt: Instant,
  },
  { what: 'A parent, guardian or other person who acts for patients: who she is and how to reach her.' },
)

export const Basis = z.enum(['minor-child', 'guardian', 'power-of-attorney'])
export type Basis = z.infer<typeof Basis>
/** What she may act in: forms and consents · visits · messages and money. */
export const Scope = z.enum(['forms', 'visits', 'messages'])
export type Scope = z.infer<typeof Scope>

/** Who may act for whom, on what ground, in what, from when until when. @hipaa 164.502(g) personal representatives */
export const representation = record(
  'representation',
  {
    id: RepresentationId,
    patientId: PatientId,
    representativeId: RepresentativeId,
    basis: Basis,
    scopes: z.array(Scope).min(1),
    startsOn: z.iso.date(),
    /** The last day. For a minor it ends on her 18th birthday all the same. */
    endsOn: z.iso.date().optional(),
    /** Where the paper is that shows it: a court's file number, a folder. */
    document: sealed(z.string().trim().max(200).optional()),
    /** What whoever confirmed it has seen. */
    note: sealed(z.string().trim().max(500).optional()),
    state: z.enum(['proposed', 'confirmed', 'ended']),
    proposedBy: z.string(),
    proposedAt: Instant,
    confirmedBy: z.string().optional(),
    confirmedAt: Instant.optional(),
    endedBy: z.string().optional(),
    endedAt: Instant.optional(),
  },
  { what: 'Who may act for a patient: ground, scope, dates, who recorded and who confirmed it.' },
)

export const SignedInBy = z.enum(['code', 'link', 'passkey'])
/**
 * A patient or representative who has signed in. No field is called patientId, for the reason given in 0022_patient_sign_in.sql. What a
 * representation allows is copied here when it is chosen; ending the representation ends the session.
 */
export const patientSession = record(
  'patient_session',
  {
    id: PatientSessionId,
    token: hashed(z.string()),
    selfId: PatientId.optional(),
    representativeId: RepresentativeId.optional(),
    actingFor: PatientId.optional(),
    representationId: RepresentationId.optional(),
    scopes: z.array(Scope),
    how: SignedInBy,
    createdAt: Instant,
    lastActiveAt: Instant,
    expiresAt: Instant,
    endedAt: Instant.optional(),
  },
  { what: 'A patient or her representative, signed in. The token is kept only as a keyed hash.' },
)

export const patientPasskey = record(
  'patient_passkey',
  {
    id: PasskeyId,
    selfId: PatientId.optional(),
    representativeId: RepresentativeId.optional(),
    credential: sealed(z.string().max(1400), { find: 'exact' }),
    publicKey: sealed(z.string().max(2000)),
    counter: z.int(),
    transports: z.array(z.string().max(20)),
    name: sealed(z.string().trim().min(1).max(60)),
    createdAt: Instant,
    usedAt: Instant.optional(),
  },
  { changes: 'removable', what: 'A passkey by which a patient or her representative signs in.' },
)
export const patientChallenge = record(
  'patient_challenge',
  { id: id('pch'), challenge: hashed(z.string()), sessionId: PatientSessionId.optional(), createdAt: Instant, expiresAt: Instant },
  { changes: 'removable', what: 'A challenge that a passkey must sign within minutes, once.' },
)

export const CheckPurpose = z.enum(['new-address', 'earlier-forms'])
export const addressCheck = record(
  'address_check',
  {
    id: AddressCheckId,
    patientId: PatientId,
    purpose: CheckPurpose,
    channel: ContactChannel,
    /** Only of a new address. */
    address: sealed(z.string().max(254).optional()),
    code: hashed(z.string()),
    createdAt: Instant,
    expiresAt: Instant,
    tries: z.int(),
    usedAt: Instant.optional(),
  },
  { what: 'A code that was sent to an address of a patient, to see that it is hers.' },
)

export const Code = z.string().trim().regex(/^\d{6}$/, 'has six digits')
export const Address = z.string().trim().min(3).max(254)
/** `pat_…` herself, or `rep_…`. */
export const Choice = z.object({
  patientId: PatientId,
  name: z.string(),
  as: z.enum(['self', 'representative']),
  basis: Basis.optional(),
})

export const NewRepresentation = z.object({
  patientId: PatientId,
  name: representative.fields.shape.name,
  email: z.union([z.literal(''), z.email().max(254)]).default(''),
  phone: z.string().trim().max(40).default(''),
  birthDate: z.iso.date(),
  language: Language.default('en'),
  basis: Basis,
  scopes: z.array(Scope).min(1, 'Choose at least one thing that she may act in.'),
  startsOn: z.iso.date(),
  endsOn: z.iso.date().optional(),
  document: z.string().trim().max(200).default(''),
})
export const RepresentationLine = representation.fields
  .pick({ id: true, basis: true, scopes: true, startsOn: true, endsOn: true, state: true, document: true, note: true, proposedAt: true, confirmedAt: true, endedAt: true })
  .extend({ name: z.string(), email: representative.fields.shape.email, phone: representative.fields.shape.phone, stands: z.boolean(), byMe: z.boolean() })
