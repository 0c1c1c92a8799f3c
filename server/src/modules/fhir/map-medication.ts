import { z } from 'zod'
import { medication, Moment, type Coded } from '#schema/history'
import { Annotation, CodeableConcept, codedOf, displays, encounterOf, idIn, notesOf, occurredOf, Period, Reference, ResourceId, sourceOf, wordsOf } from './datatypes.ts'
import { Dosage, dosageInWords } from './dosage.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const Contained = z.array(z.object({ resourceType: z.string(), id: z.string().optional(), code: CodeableConcept.optional() }))
const shared = {
  id: ResourceId,
  status: z.string().max(60),
  medicationCodeableConcept: CodeableConcept.optional(),
  medicationReference: Reference.optional(),
  contained: Contained.optional(),
  subject: Reference.optional(),
  reasonCode: z.array(CodeableConcept).optional(),
  reasonReference: z.array(Reference).optional(),
  note: z.array(Annotation).optional(),
}
const MedicationRequest = z.object({
  ...shared,
  intent: z.string().max(60),
  encounter: Reference.optional(),
  authoredOn: Moment.optional(),
  requester: Reference.optional(),
  dosageInstruction: z.array(Dosage).optional(),
})
const MedicationStatement = z.object({
  ...shared,
  context: Reference.optional(),
  effectiveDateTime: Moment.optional(),
  effectivePeriod: Period.optional(),
  dosage: z.array(Dosage).optional(),
})

const Draft = medication.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type MedicationDraft = z.infer<typeof Draft>

/** What `Medication` resources are called, by their FHIR id: a request may only point at one. */
export type Medications = ReadonlyMap<string, Coded>

type Naming = Pick<z.infer<typeof MedicationRequest>, 'medicationCodeableConcept' | 'medicationReference' | 'contained'>
const medicationOf = ({ medicationCodeableConcept, medicationReference: pointed, contained }: Naming, known: Medications): Coded | undefined => {
  const here = contained?.find((c) => pointed?.reference === `#${c.id}`)
  return (
    codedOf(medicationCodeableConcept) ??
    codedOf(here?.code) ??
    known.get(idIn('Medication', pointed?.reference) ?? '') ??
    (pointed?.display ? { text: pointed.display } : undefined)
  )
}
const reasonsOf = (r: { reasonCode?: CodeableConcept[] | undefined; reasonReference?: Reference[] | undefined }) => [
  ...(r.reasonCode ?? []).flatMap((c) => wordsOf(c) ?? []),
  ...displays(r.reasonReference ?? []),
]
const inWords = (dosages: readonly Dosage[] | undefined) => (dosages ?? []).flatMap((d) => dosageInWords(d) ?? [])
const NO_MEDICATION = { bad: 'the medication is named neither here nor in a Medication resource' }

/** https://hl7.org/fhir/R4/medicationrequest.html → medication. */
export const mapMedicationRequest = (raw: unknown, known: Medications): Mapped<OfSubject<MedicationDraft>> =>
  read(MedicationRequest, raw, (r) => {
    if (r.status === 'entered-in-error') return ENTERED_IN_ERROR
    const code = medicationOf(r, known)
    if (!code) return NO_MEDICATION
    return about(r.subject, 'subject', () =>
      draftOf(Draft, {
        source: sourceOf('MedicationRequest', r.id),
        code,
        occurred: occurredOf(r.authoredOn),
        note: notesOf(r.note),
        encounter: encounterOf(r.encounter),
        status: r.status,
        intent: r.intent,
        dosage: inWords(r.dosageInstruction),
        reasons: reasonsOf(r),
        prescriber: r.requester?.display,
      }),
    )
  })

/** https://hl7.org/fhir/R4/medicationstatement.html → medication: what she says that she takes. */
export const mapMedicationStatement = (raw: unknown, known: Medications): Mapped<OfSubject<MedicationDraft>> =>
  read(MedicationStatement, raw, (r) => {
    if (r.status === 'entered-in-error') return ENTERED_IN_ERROR
    const code = medicationOf(r, known)
    if (!code) return NO_MEDICATION
    return about(r.subject, 'subject', () =>
      draftOf(Draft, {
        source: sourceOf('MedicationStatement', r.id),
        code,
        occurred: occurredOf(r.effectiveDateTime ?? r.effectivePeriod?.start, r.effectivePeriod?.end),
        note: notesOf(r.note),
        encounter: encounterOf(r.context),
        status: r.status,
        intent: 'reported',
        dosage: inWords(r.dosage),
        reasons: reasonsOf(r),
      }),
    )
  })
