import { z } from 'zod'
import { encounter } from '#schema/history'
import { CodeableConcept, codedOf, Coding, displays, encounterOf, occurredOf, Period, Reference, ResourceId, sourceOf, wordsOf } from './datatypes.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const Encounter = z.object({
  id: ResourceId,
  status: z.string().max(60),
  class: Coding,
  type: z.array(CodeableConcept).optional(),
  subject: Reference.optional(),
  partOf: Reference.optional(),
  period: Period.optional(),
  participant: z.array(z.object({ individual: Reference.optional() })).optional(),
  reasonCode: z.array(CodeableConcept).optional(),
  location: z.array(z.object({ location: Reference })).optional(),
  serviceProvider: Reference.optional(),
})

const Draft = encounter.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type EncounterDraft = z.infer<typeof Draft>

/** https://hl7.org/fhir/R4/encounter.html → encounter. */
export const mapEncounter = (raw: unknown): Mapped<OfSubject<EncounterDraft>> =>
  read(Encounter, raw, (r) => {
    if (r.status === 'entered-in-error') return ENTERED_IN_ERROR
    const setting = r.class.code ?? r.class.display
    if (!setting) return { bad: 'class.code is missing' }
    return about(r.subject, 'subject', () =>
      draftOf(Draft, {
        source: sourceOf('Encounter', r.id),
        code: codedOf(r.type?.[0]) ?? { ...r.class },
        occurred: occurredOf(r.period?.start, r.period?.end),
        encounter: encounterOf(r.partOf),
        status: r.status,
        setting,
        reasons: (r.reasonCode ?? []).flatMap((c) => wordsOf(c) ?? []),
        providers: displays((r.participant ?? []).map((p) => p.individual)),
        place: displays([r.location?.[0]?.location, r.serviceProvider])[0],
      }),
    )
  })
