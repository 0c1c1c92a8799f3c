import { z } from 'zod'
import { immunization, Moment } from '#schema/history'
import { Annotation, CodeableConcept, codedOf, encounterOf, notesOf, occurredOf, Reference, ResourceId, sourceOf, wordsOf } from './datatypes.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const Immunization = z.object({
  id: ResourceId,
  status: z.enum(['completed', 'entered-in-error', 'not-done']),
  vaccineCode: CodeableConcept.optional(),
  patient: Reference.optional(),
  encounter: Reference.optional(),
  occurrenceDateTime: Moment.optional(),
  lotNumber: z.string().optional(),
  site: CodeableConcept.optional(),
  note: z.array(Annotation).optional(),
})

const Draft = immunization.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type ImmunizationDraft = z.infer<typeof Draft>

/** https://hl7.org/fhir/R4/immunization.html → immunization. */
export const mapImmunization = (raw: unknown): Mapped<OfSubject<ImmunizationDraft>> =>
  read(Immunization, raw, (r) => {
    const { status } = r
    if (status === 'entered-in-error') return ENTERED_IN_ERROR
    const code = codedOf(r.vaccineCode)
    if (!code) return { bad: 'vaccineCode is missing' }
    return about(r.patient, 'patient', () =>
      draftOf(Draft, {
        source: sourceOf('Immunization', r.id),
        code,
        occurred: occurredOf(r.occurrenceDateTime),
        note: notesOf(r.note),
        encounter: encounterOf(r.encounter),
        status,
        lot: r.lotNumber,
        site: wordsOf(r.site),
      }),
    )
  })
