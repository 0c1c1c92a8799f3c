import { z } from 'zod'
import { Moment, procedure } from '#schema/history'
import { Annotation, CodeableConcept, codedOf, displays, encounterOf, notesOf, occurredOf, Period, Reference, ResourceId, sourceOf, wordsOf } from './datatypes.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const Procedure = z.object({
  id: ResourceId,
  status: z.string().max(60),
  code: CodeableConcept.optional(),
  subject: Reference.optional(),
  encounter: Reference.optional(),
  performedDateTime: Moment.optional(),
  performedPeriod: Period.optional(),
  reasonCode: z.array(CodeableConcept).optional(),
  reasonReference: z.array(Reference).optional(),
  bodySite: z.array(CodeableConcept).optional(),
  note: z.array(Annotation).optional(),
})

const Draft = procedure.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type ProcedureDraft = z.infer<typeof Draft>

/** https://hl7.org/fhir/R4/procedure.html → procedure. */
export const mapProcedure = (raw: unknown): Mapped<OfSubject<ProcedureDraft>> =>
  read(Procedure, raw, (r) => {
    if (r.status === 'entered-in-error') return ENTERED_IN_ERROR
    const code = codedOf(r.code)
    if (!code) return { bad: 'code is missing' }
    return about(r.subject, 'subject', () =>
      draftOf(Draft, {
        source: sourceOf('Procedure', r.id),
        code,
        occurred: occurredOf(r.performedDateTime ?? r.performedPeriod?.start, r.performedPeriod?.end),
        note: notesOf(r.note),
        encounter: encounterOf(r.encounter),
        status: r.status,
        reasons: [...(r.reasonCode ?? []).flatMap((c) => wordsOf(c) ?? []), ...displays(r.reasonReference ?? [])],
        bodySites: (r.bodySite ?? []).flatMap((s) => wordsOf(s) ?? []),
      }),
    )
  })
