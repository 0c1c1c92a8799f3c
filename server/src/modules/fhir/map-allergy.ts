import { z } from 'zod'
import { allergy, ClinicalStatus, Moment, Verification } from '#schema/history'
import { Annotation, CodeableConcept, codedOf, encounterOf, firstCode, notesOf, occurredOf, Reference, ResourceId, sourceOf, wordsOf } from './datatypes.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const AllergyIntolerance = z.object({
  id: ResourceId,
  clinicalStatus: CodeableConcept.optional(),
  verificationStatus: CodeableConcept.optional(),
  type: z.enum(['allergy', 'intolerance']).optional(),
  category: z.array(z.enum(['food', 'medication', 'environment', 'biologic'])).optional(),
  criticality: z.enum(['low', 'high', 'unable-to-assess']).optional(),
  code: CodeableConcept.optional(),
  patient: Reference.optional(),
  encounter: Reference.optional(),
  onsetDateTime: Moment.optional(),
  recordedDate: Moment.optional(),
  note: z.array(Annotation).optional(),
  reaction: z.array(z.object({ manifestation: z.array(CodeableConcept), severity: z.enum(['mild', 'moderate', 'severe']).optional() })).optional(),
})

const Draft = allergy.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type AllergyDraft = z.infer<typeof Draft>

/** SNOMED CT: no known allergy, drug, food, environmental, latex allergy; not known. Absence is no allergy to be warned of. */
const NO_ALLERGY = new Set(['716186003', '409137002', '429625007', '428607008', '428197003', '1631000175102'])

/** https://hl7.org/fhir/R4/allergyintolerance.html → allergy. */
export const mapAllergy = (raw: unknown): Mapped<OfSubject<AllergyDraft>> =>
  read(AllergyIntolerance, raw, (r) => {
    const verification = firstCode(r.verificationStatus)
    if (verification === 'entered-in-error') return ENTERED_IN_ERROR
    if (r.code?.coding?.some((c) => NO_ALLERGY.has(c.code ?? ''))) return { skip: 'says that no allergy is known, which is no allergy' }
    const code = codedOf(r.code)
    if (!code) return { bad: 'code is missing' }
    return about(r.patient, 'patient', () =>
      draftOf(Draft, {
        source: sourceOf('AllergyIntolerance', r.id),
        code,
        occurred: occurredOf(r.onsetDateTime ?? r.recordedDate),
        note: notesOf(r.note),
        encounter: encounterOf(r.encounter),
        status: ClinicalStatus.catch('unknown').parse(firstCode(r.clinicalStatus)),
        verification: Verification.catch('unknown').parse(verification),
        kind: r.type,
        categories: r.category ?? [],
        criticality: r.criticality,
        reactions: (r.reaction ?? []).map((x) => ({ manifestations: x.manifestation.flatMap((m) => wordsOf(m) ?? []), severity: x.severity })),
      }),
    )
  })
