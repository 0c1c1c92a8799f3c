import { z } from 'zod'
import { ClinicalStatus, condition, Moment, Verification } from '#schema/history'
import { Annotation, CodeableConcept, codedOf, encounterOf, firstCode, notesOf, occurredOf, Period, Reference, ResourceId, sourceOf } from './datatypes.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const Condition = z.object({
  id: ResourceId,
  clinicalStatus: CodeableConcept.optional(),
  verificationStatus: CodeableConcept.optional(),
  category: z.array(CodeableConcept).optional(),
  code: CodeableConcept.optional(),
  subject: Reference.optional(),
  encounter: Reference.optional(),
  onsetDateTime: Moment.optional(),
  onsetPeriod: Period.optional(),
  abatementDateTime: Moment.optional(),
  abatementPeriod: Period.optional(),
  recordedDate: Moment.optional(),
  note: z.array(Annotation).optional(),
})

const Draft = condition.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type ConditionDraft = z.infer<typeof Draft>

/** https://hl7.org/fhir/R4/condition.html → condition. */
export const mapCondition = (raw: unknown): Mapped<OfSubject<ConditionDraft>> =>
  read(Condition, raw, (r) => {
    const verification = firstCode(r.verificationStatus)
    if (verification === 'entered-in-error') return ENTERED_IN_ERROR
    const code = codedOf(r.code)
    if (!code) return { bad: 'code is missing' }
    return about(r.subject, 'subject', () =>
      draftOf(Draft, {
        source: sourceOf('Condition', r.id),
        code,
        occurred: occurredOf(r.onsetDateTime ?? r.onsetPeriod?.start ?? r.recordedDate, r.abatementDateTime ?? r.abatementPeriod?.end),
        note: notesOf(r.note),
        encounter: encounterOf(r.encounter),
        status: ClinicalStatus.catch('unknown').parse(firstCode(r.clinicalStatus)),
        verification: Verification.catch('unknown').parse(verification),
        category: firstCode(r.category?.[0]),
      }),
    )
  })
