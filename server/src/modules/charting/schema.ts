import { z } from 'zod'
import { id, PatientId, UserId } from '#kernel/id.ts'
import { record, sealed } from '#kernel/record.ts'
import { AlertKind, ConsentKind, IntakeAlert, Severity } from '#schema/forms'
import { patient } from '#schema/patients'
import { appointment, AppointmentId } from '#schema/scheduling'

export const NoteId = id('nte')
export const AddendumId = id('add')
export const LotId = id('lot')

const MOST_CHARACTERS = 20_000
const Words = z.string().max(MOST_CHARACTERS)

export const NoteBody = z.object({
  complaint: Words,
  assessment: Words,
  plan: Words,
  aftercare: Words,
  /** What has no place above, under headings of the author's own. */
  sections: z.array(z.object({ title: z.string().trim().max(120), text: Words })).max(20),
})
export type NoteBody = z.infer<typeof NoteBody>
export const emptyBody: NoteBody = { complaint: '', assessment: '', plan: '', aftercare: '', sections: [] }

/** Zones of the face, front view. Left and right are the patient's. `other`: on the picture, outside of every named zone. */
export const Zone = z.enum([
  'glabella',
  'bunny-lines',
  'crows-feet-right',
  'crows-feet-left',
  'lips',
  'nasolabial-right',
  'nasolabial-left',
  'marionette-right',
  'marionette-left',
  'chin',
  'masseter-right',
  'masseter-left',
  'cheek-right',
  'cheek-left',
  'forehead',
  'neck',
  'other',
])
export const DoseUnit = z.enum(['units', 'mL'])
const Lot = z.string().trim().max(60)

/** One point of the injection map. */
export const Injection = z.object({
  id: z.string().max(40),
  view: z.literal('front'),
  /** 0 to 1 of the drawing's width and height. */
  x: z.number().min(0).max(1),
  y: z.number().min(0).max(1),
  zone: Zone,
  /** The product's name, as in content/products.json. */
  product: z.string().min(1).max(120),
  unit: DoseUnit,
  /** In `unit`. */
  units: z.number().min(0).max(1000),
  lot: Lot,
  expiresOn: z.iso.date().optional(),
  technique: z.string().max(200).optional(),
})
export type Injection = z.infer<typeof Injection>
export const Injections = z.array(Injection).max(300)

export const NoteState = z.enum(['draft', 'signed'])

export const treatmentNote = record(
  'treatment_note',
  {
    id: NoteId,
    patientId: PatientId,
    appointmentId: AppointmentId.optional(),
    authorId: UserId,
    state: NoteState,
    startedAt: z.iso.datetime(),
    savedAt: z.iso.datetime(),
    signedAt: z.iso.datetime().optional(),
    /** Counts the savings of the draft, so that two windows cannot overwrite each other unseen. */
    revision: z.int().min(0),
    body: sealed(NoteBody),
    injections: sealed(Injections),
    /** SHA-256 of the canonical JSON of what was signed (signed-content.ts). Sealed: it would tell short notes by guessing. */
    contentHash: sealed(z.string().optional()),
  },
  { what: 'A treatment note: a draft of its author, or signed and never changed again.' },
)

export const noteAddendum = record(
  'note_addendum',
  {
    id: AddendumId,
    patientId: PatientId,
    noteId: NoteId,
    authorId: UserId,
    addedAt: z.iso.datetime(),
    body: sealed(z.string().trim().min(1).max(MOST_CHARACTERS)),
    contentHash: sealed(z.string()),
  },
  { changes: 'added-only', what: 'Words added to a signed note later, by whom and when.' },
)

export const productLot = record(
  'product_lot',
  {
    id: LotId,
    product: z.string().min(1).max(120),
    lot: z.string().trim().min(1, 'is missing').max(60),
    expiresOn: z.iso.date(),
    addedBy: UserId,
    addedAt: z.iso.datetime(),
    closedAt: z.iso.datetime().optional(),
  },
  { what: 'A lot of a product on the shelf. Says nothing of any patient.' },
)

export const OfPatient = z.object({ patientId: PatientId })
export const OfNote = z.object({ patientId: PatientId, noteId: NoteId })

/** What a provider must know before she treats: a reminder to ask, from the patient's own answers or from an imported history. */
export const Alert = IntakeAlert.omit({ linkId: true }).extend({
  detail: z.string(),
  source: z.enum(['intake', 'history']),
})
export type Alert = z.infer<typeof Alert>
/** The worst first. Without `intakeAt` the patient has answered no health questionnaire: no alerts then does not mean none. */
export const Alerts = z.object({ intakeAt: z.string().optional(), alerts: z.array(Alert) })

/** For a list of visits: how bad and of what kinds, not what. */
export const AlertHint = z.object({
  patientId: PatientId,
  hasIntake: z.boolean(),
  worst: Severity.optional(),
  kinds: z.array(AlertKind),
})

/** How much of a product was given in one note, by lot. */
export const Dose = z.object({ product: z.string(), lot: z.string(), unit: DoseUnit, total: z.number() })
export type Dose = z.infer<typeof Dose>

export const NoteLine = z.object({
  id: NoteId,
  appointmentId: AppointmentId.optional(),
  authorId: UserId,
  authorName: z.string(),
  state: NoteState,
  startedAt: z.string(),
  savedAt: z.string(),
  signedAt: z.string().optional(),
  /** The first words; empty for a draft of somebody else. */
  excerpt: z.string(),
  doses: z.array(Dose),
  addenda: z.int(),
})
export type NoteLine = z.infer<typeof NoteLine>

export const Addendum = z.object({
  id: AddendumId,
  authorId: UserId,
  authorName: z.string(),
  addedAt: z.string(),
  body: z.string(),
})
export const NoteView = treatmentNote.fields.omit({ contentHash: true, patientId: true }).extend({
  authorName: z.string(),
  addenda: z.array(Addendum),
  /** Of a signed note: what is stored is exactly what was signed. */
  intact: z.boolean().optional(),
})

export const Product = z.object({
  name: z.string(),
  generic: z.string(),
  kind: z.string(),
  unit: DoseUnit,
  usualDose: z.number(),
  lotRequired: z.boolean(),
  /** On the shelf, the one that expires first in front. */
  lots: z.array(productLot.fields.pick({ id: true, lot: true, expiresOn: true })),
})

export const ChartVisit = appointment.fields
  .pick({ id: true, startsAt: true, endsAt: true, state: true, providerId: true })
  .extend({ serviceName: z.string(), providerName: z.string() })

export const ChartConsent = z.object({
  kind: ConsentKind,
  state: z.enum(['holds', 'declined', 'revoked', 'expired', 'missing']),
  signedAt: z.string().optional(),
})

/** What the first screen of a chart shows: one answer. */
export const Chart = Alerts.extend({
  patient: patient.fields.pick({
    id: true,
    givenName: true,
    familyName: true,
    calledName: true,
    birthDate: true,
    sexAtBirth: true,
  }),
  /** Newest first. */
  visits: z.array(ChartVisit),
  /** Newest first. */
  notes: z.array(NoteLine),
  consents: z.array(ChartConsent),
})
