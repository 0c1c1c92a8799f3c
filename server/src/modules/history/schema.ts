import { z } from 'zod'
import { id, PatientId } from '#kernel/id.ts'
import { record, sealed } from '#kernel/record.ts'

/** Where a record came from, so that an import is idempotent: `fhir:<resourceType>/<id>`. */
export const SourceRef = z.string().max(300)

/** A date as exactly as it is known: `1984`, `1984-03`, `1984-03-02` or an instant with its offset (FHIR R4 dateTime). */
export const Moment = z.string().regex(/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/, 'is not a date')

/** What something is, in a terminology (`system` is its URI) and in words. At least one of code, display and text is there. */
export const Coded = z.object({
  system: z.string().max(300).optional(),
  code: z.string().max(200).optional(),
  display: z.string().max(1000).optional(),
  text: z.string().max(2000).optional(),
  /** The same in further terminologies. */
  also: z.array(z.object({ system: z.string().max(300), code: z.string().max(200), display: z.string().max(1000).optional() })).max(20).optional(),
})
export type Coded = z.infer<typeof Coded>

/** When it was: one moment, or from when until when. */
export const Occurred = z.object({ start: Moment.optional(), end: Moment.optional() })
export type Occurred = z.infer<typeof Occurred>

const Word = z.string().max(60)
const Line = z.string().max(2000)

/**
 * What every record of the history has. When it happened is sealed: a first immunization is given on the day of birth, so that its date in
 * clear would tell the birth date. In clear is only when it came into this system.
 */
const common = {
  patientId: PatientId,
  recordedAt: z.iso.datetime(),
  occurred: sealed(Occurred.optional()),
  code: sealed(Coded),
  note: sealed(z.string().max(20_000).optional()),
  /** The encounter in which it was written down, as a source reference. */
  encounter: sealed(SourceRef.optional()),
  source: sealed(SourceRef.optional(), { find: 'exact' }),
}

export const AllergyId = id('alg')
export const ClinicalStatus = z.enum(['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved', 'unknown'])
export const Verification = z.enum(['unconfirmed', 'provisional', 'differential', 'confirmed', 'refuted', 'unknown'])

/** `occurred.start`: since when, or when it was recorded. */
export const allergy = record(
  'allergy',
  {
    id: AllergyId,
    ...common,
    status: sealed(ClinicalStatus),
    verification: sealed(Verification),
    kind: sealed(z.enum(['allergy', 'intolerance']).optional()),
    categories: sealed(z.array(z.enum(['food', 'medication', 'environment', 'biologic'])).max(4)),
    /** How dangerous a reaction could be. */
    criticality: sealed(z.enum(['low', 'high', 'unable-to-assess']).optional()),
    reactions: sealed(z.array(z.object({ manifestations: z.array(Line).max(20), severity: z.enum(['mild', 'moderate', 'severe']).optional() })).max(20)),
  },
  { what: 'An allergy or intolerance from the medical history.' },
)

export const ConditionId = id('cnd')
/** `occurred`: from onset to abatement. */
export const condition = record(
  'condition',
  {
    id: ConditionId,
    ...common,
    status: sealed(ClinicalStatus),
    verification: sealed(Verification),
    /** `problem-list-item`, `encounter-diagnosis`, … */
    category: sealed(Word.optional()),
  },
  { what: 'A condition or diagnosis from the medical history.' },
)

export const MedicationId = id('med')
/** `occurred.start`: ordered or taken since. */
export const medication = record(
  'medication',
  {
    id: MedicationId,
    ...common,
    /** `active`, `completed`, `stopped`, `on-hold`, `cancelled`, `draft`, `unknown`, … (FHIR medicationrequest-status) */
    status: sealed(Word),
    /** `order`, `plan`, …, or `reported` when nobody here ordered it. */
    intent: sealed(Word),
    /** In words, one line for each instruction. */
    dosage: sealed(z.array(Line).max(20)),
    reasons: sealed(z.array(Line).max(20)),
    prescriber: sealed(Line.optional()),
  },
  { what: 'A medication that was ordered or is taken, from the medical history.' },
)

export const ImmunizationId = id('imm')
export const immunization = record(
  'immunization',
  { id: ImmunizationId, ...common, status: sealed(z.enum(['completed', 'not-done'])), lot: sealed(z.string().max(100).optional()), site: sealed(Line.optional()) },
  { what: 'A vaccination from the medical history.' },
)

export const EncounterId = id('enc')
/** `code`: its type; `encounter` is the encounter that it is part of. */
export const encounter = record(
  'encounter',
  {
    id: EncounterId,
    ...common,
    status: sealed(Word),
    /** `AMB` ambulatory, `EMER` emergency, `IMP` inpatient, … (v3-ActCode) */
    setting: sealed(Word),
    reasons: sealed(z.array(Line).max(20)),
    providers: sealed(z.array(Line).max(50)),
    place: sealed(Line.optional()),
  },
  { what: 'A visit or stay elsewhere, from the medical history.' },
)

export const ProcedureId = id('prd')
export const procedure = record(
  'procedure',
  { id: ProcedureId, ...common, status: sealed(Word), reasons: sealed(z.array(Line).max(20)), bodySites: sealed(z.array(Line).max(20)) },
  { what: 'A procedure done elsewhere, from the medical history.' },
)

/** The largest document that an import takes: of its text in characters, of other content in bytes before base64. */
export const MOST_DOCUMENT = 1024 * 1024
export const DocumentId = id('doc')
/** `code`: its type. The words are in `text`; content that is no text is in `content` (base64); what lies elsewhere has a `url` only. */
export const document = record(
  'document',
  {
    id: DocumentId,
    ...common,
    status: sealed(Word),
    title: sealed(Line.optional()),
    authors: sealed(z.array(Line).max(50)),
    contentType: sealed(z.string().max(200)),
    text: sealed(z.string().max(MOST_DOCUMENT).optional()),
    content: sealed(z.base64().max(Math.ceil(MOST_DOCUMENT / 3) * 4).optional()),
    url: sealed(Line.optional()),
  },
  { what: 'A document from the medical history: a letter, a note, a report.' },
)

/** The kinds of history, in the order in which a chart shows them. */
export const HISTORY = { allergy, condition, medication, immunization, procedure, encounter, document } as const
export const HistoryKind = z.enum(['allergy', 'condition', 'medication', 'immunization', 'procedure', 'encounter', 'document'])
export type HistoryKind = z.infer<typeof HistoryKind>

/** What a coded thing is called. */
export const nameOf = (coded: Coded): string => coded.text ?? coded.display ?? coded.code ?? ''

/** One line of a patient's history. `details` are words, the most telling first. */
export const HistoryLine = z.object({
  id: z.string(),
  name: z.string(),
  occurred: Occurred.optional(),
  /** As the record says itself: `active`, `completed`, … */
  status: z.string(),
  details: z.array(z.string()),
})
export type HistoryLine = z.infer<typeof HistoryLine>

export const OfHistory = z.object({ patientId: PatientId, kind: HistoryKind, skip: z.coerce.number().int().min(0).default(0) })
export const HISTORY_PAGE = 50
/** `total` of this kind; `lines` from `skip` on, at most a page of 50, newest first. */
export const HistoryPage = z.object({ total: z.int(), lines: z.array(HistoryLine) })

export const OfDocument = z.object({ patientId: PatientId, documentId: DocumentId })
/** One document to be read: its words, or its bytes in base64, or where it lies. */
export const DocumentToRead = document.fields.pick({ id: true, code: true, title: true, occurred: true, authors: true, contentType: true, text: true, content: true, url: true })
