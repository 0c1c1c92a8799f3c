import { z } from 'zod'
import { id, PatientId } from '#kernel/id.ts'
import { hashed, record, sealed } from '#kernel/record.ts'
import { Basis, RepresentationId, RepresentativeId } from '#schema/portal'
import { AppointmentId } from '#schema/scheduling'

export const VisitLinkId = id('lnk')
export const LinkSessionId = id('lks')
export const FormResponseId = id('frm')
export const ConsentId = id('con')
const Instant = z.iso.datetime()
export const Language = z.enum(['en', 'es'])
export type Language = z.infer<typeof Language>

/** How the link reaches her: by e-mail, or as a code that she scans at the desk. */
export const SentBy = z.enum(['email', 'hand-over'])

/** A single-use way to a patient's own forms. What it opens is decided by the check that follows (her birth date). */
export const visitLink = record(
  'visit_link',
  {
    id: VisitLinkId,
    token: hashed(z.string()),
    patientId: PatientId,
    appointmentId: AppointmentId.optional(),
    sentBy: SentBy,
    createdAt: Instant,
    expiresAt: Instant,
    /** It was opened, and works no more. */
    usedAt: Instant.optional(),
    /** Birth dates that were tried. */
    tries: z.int().min(0),
    /** Too many wrong birth dates, or a newer link took its place. */
    closedAt: Instant.optional(),
  },
  { what: 'A single-use link to a patient’s forms. Its token is kept only as a keyed hash.' },
)

/** What an opened link leaves in her browser. `standsFor` is the patient; why it is not named patientId stands in 0020_forms.sql. */
export const linkSession = record(
  'link_session',
  {
    id: LinkSessionId,
    token: hashed(z.string()),
    linkId: VisitLinkId,
    standsFor: PatientId,
    createdAt: Instant,
    expiresAt: Instant,
    endedAt: Instant.optional(),
    /** A code that was sent to her own address was typed here. */
    verifiedAt: Instant.optional(),
  },
  { what: 'A patient filling in her forms. Its token is kept only as a keyed hash.' },
)

const LongestAnswer = z.string().max(2000)
/** Boolean · code of a choice · codes of a multi-choice · text · number · date (YYYY-MM-DD). */
export const Answer = z.union([z.boolean(), LongestAnswer, z.number(), z.array(z.string().max(60)).max(40)])
export type Answer = z.infer<typeof Answer>
/** By linkId. Absent: not answered. */
export const Answers = z.record(z.string().max(60), Answer)
export type Answers = z.infer<typeof Answers>

export const FormState = z.enum(['draft', 'submitted'])
/** A questionnaire as a patient filled it in. A draft is saved as she types; submitted, it never changes. */
export const formResponse = record(
  'form_response',
  {
    id: FormResponseId,
    patientId: PatientId,
    appointmentId: AppointmentId.optional(),
    formName: z.string().max(60),
    formVersion: z.string().max(20),
    language: Language,
    answers: sealed(Answers),
    state: FormState,
    startedAt: Instant,
    savedAt: Instant,
    submittedAt: Instant.optional(),
    /** Who saved it last: a link, the patient or her representative. */
    savedBy: z.string().optional(),
  },
  { what: 'A health questionnaire, as the patient filled it in before a visit.' },
)

export const ConsentKind = z.enum(['treatment', 'clinical-photography', 'marketing-photos'])
export type ConsentKind = z.infer<typeof ConsentKind>
export const Decision = z.enum(['accepted', 'declined'])
/** Where photos may be shown in public, each ticked by herself. */
export const PublicUse = z.enum(['website', 'social-media', 'print'])
export type PublicUse = z.infer<typeof PublicUse>

const Point = z.object({
  x: z.number().min(-1).max(2),
  y: z.number().min(-1).max(2),
  atMs: z.number().min(0),
  pressure: z.number().min(0).max(1),
})
/** Strokes in parts of the pad's width, so that they can be drawn again at any size; or the name as it was typed. */
export const Signature = z.discriminatedUnion('method', [
  z.object({ method: z.literal('drawn'), strokes: z.array(z.array(Point).min(1).max(3000)).min(1).max(200) }),
  z.object({ method: z.literal('typed'), text: z.string().trim().min(2).max(160) }),
])
export const SigningMethod = z.enum(['drawn', 'typed', 'none'])
/** The signature, who signed, and the practice as it was called in the text: with version and language, the text can be made again. */
export const Signed = z.object({
  signature: Signature,
  signerName: z.string().max(200),
  practiceName: z.string().max(120),
})
export const RevokedHow = z.enum(['by-link', 'signed-in', 'written-request', 'superseded'])
/** In what capacity somebody other than the patient signed. @hipaa 164.508(c)(1)(vi) description of a representative's authority */
export const SignedAs = z.object({ representationId: RepresentationId, representativeId: RepresentativeId, name: z.string(), basis: Basis, authority: z.string() })

/**
 * A decision about one text: accepted with a signature, or declined. Never changed but by its revocation.
 * @hipaa 164.508(b)(6) documentation of authorizations
 */
export const consent = record(
  'consent',
  {
    id: ConsentId,
    patientId: PatientId,
    kind: ConsentKind,
    decision: Decision,
    textVersion: z.string().max(20),
    /** SHA-256, hex, of the exact text in the language that was shown. */
    textHash: z.string().regex(/^[0-9a-f]{64}$/),
    language: Language,
    /** Only of `marketing-photos`: the places that she ticked. */
    uses: z.array(PublicUse),
    method: SigningMethod,
    signature: sealed(Signed.optional()),
    signedAt: Instant,
    /** An accepted consent holds until then; a declined one is not asked for again until then. */
    expiresAt: Instant,
    revokedAt: Instant.optional(),
    revokedHow: RevokedHow.optional(),
    /** A link, the patient or her representative. */
    signedBy: z.string().optional(),
    signedAs: sealed(SignedAs.optional()),
  },
  { what: 'What a patient consented to, authorized or declined: which text, when, how signed.' },
)

export const LocalText = z.object({ en: z.string(), es: z.string() })
const EnableWhen = z.object({
  question: z.string(),
  operator: z.enum(['=', '!=', 'exists']),
  answer: z.union([z.boolean(), z.string(), z.number()]),
})
const core = {
  linkId: z.string(),
  text: LocalText,
  help: LocalText.optional(),
  required: z.boolean().optional(),
  enableWhen: z.array(EnableWhen).optional(),
  enableBehavior: z.enum(['all', 'any']).optional(),
  /** The answer of the last visit is not taken over. */
  askEachTime: z.boolean().optional(),
}
const Option = z.object({ code: z.string(), label: LocalText, exclusive: z.boolean().optional() })
const PlainItem = z.object({ ...core, type: z.enum(['boolean', 'text', 'long-text', 'number', 'date', 'display']) })
const ChoiceItem = z.object({ ...core, type: z.enum(['choice', 'multi-choice']), options: z.array(Option).min(2) })
const GroupItem = z.object({
  ...core,
  type: z.literal('group'),
  items: z.array(z.discriminatedUnion('type', [PlainItem, ChoiceItem])),
})
/** Close to FHIR R4 Questionnaire.item; groups hold questions, not groups. */
export const QuestionItem = z.discriminatedUnion('type', [PlainItem, ChoiceItem, GroupItem])
export type QuestionItem = z.infer<typeof QuestionItem>
export type AskedItem = Exclude<QuestionItem, { type: 'group' }>

export const AlertKind = z.enum([
  'allergy',
  'pregnancy',
  'bleeding',
  'neuromuscular',
  'condition',
  'skin',
  'implant',
  'medicine',
  'recent',
  'history',
])
/** `stop`: only after a decision of the provider · `caution`: change what is done · `note`: good to know. */
export const Severity = z.enum(['stop', 'caution', 'note'])
export const AlertRule = z.object({
  question: z.string(),
  answer: z.union([z.boolean(), z.string()]),
  kind: AlertKind,
  severity: Severity,
  text: z.string(),
  /** linkId of a text that says more. */
  detail: z.string().optional(),
})
export const IntakeAlert = z.object({ kind: AlertKind, severity: Severity, text: z.string(), linkId: z.string() })
export type IntakeAlert = z.infer<typeof IntakeAlert>

const Version = { version: z.iso.date(), effectiveFrom: z.iso.date(), effectiveUntil: z.iso.date().optional() }
const Cited = { what: z.string(), citation: z.string(), rules: z.array(z.string()), reviewedBy: z.string() }
export const FormVersion = z.object({ ...Version, items: z.array(QuestionItem).min(1), alerts: z.array(AlertRule) })
export type FormVersion = z.infer<typeof FormVersion>
export const FormContent = z.object({ name: z.string(), ...Cited, versions: z.array(FormVersion).min(1) })

/** `element`: which element of 45 CFR 164.508(c) a section carries out. */
const Section = z.object({
  heading: z.string(),
  paragraphs: z.array(z.string()).min(1),
  element: z.string().optional(),
})
export const ConsentText = z.object({
  title: z.string(),
  lead: z.string(),
  sections: z.array(Section).min(1),
  statement: z.string(),
  decline: z.string(),
})
export type ConsentText = z.infer<typeof ConsentText>
export const ConsentVersion = z.object({
  ...Version,
  validForDays: z.int().min(1),
  uses: z.array(z.object({ code: PublicUse, label: LocalText })),
  en: ConsentText,
  es: ConsentText,
})
export type ConsentVersion = z.infer<typeof ConsentVersion>
export const ConsentContent = z.object({ kind: ConsentKind, ...Cited, versions: z.array(ConsentVersion).min(1) })

/** How far the forms of one visit are: no link · sent · opened or begun · nothing left to do. */
export const FormsState = z.enum(['none', 'sent', 'started', 'done'])
export type FormsState = z.infer<typeof FormsState>
export const StepId = z.enum(['health', 'treatment', 'clinical-photography', 'marketing-photos'])
export const Step = z.object({ id: StepId, state: z.enum(['open', 'started', 'done']), decision: Decision.optional() })
export const LinkState = z.enum(['waiting', 'opened', 'expired', 'closed'])
