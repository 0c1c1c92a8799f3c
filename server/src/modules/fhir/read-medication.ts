import { z } from 'zod'
import type { Coded } from '#schema/history'
import { CodeableConcept, codedOf, ResourceId } from './datatypes.ts'
import { read, type Mapped } from './outcome.ts'

const Medication = z.object({ id: ResourceId, code: CodeableConcept.optional() })

/** https://hl7.org/fhir/R4/medication.html: what a medication that requests point at is called. It becomes no record of its own. */
export const readMedication = (raw: unknown): Mapped<{ id: string; code: Coded }> =>
  read(Medication, raw, ({ id, code: concept }) => {
    const code = codedOf(concept)
    return code ? { draft: { id, code } } : { bad: 'code is missing' }
  })
