import { idIn, type Reference } from './datatypes.ts'
import type { Mapped } from './outcome.ts'

/** A draft of a record about a patient, and the FHIR id of that patient. */
export interface OfSubject<D> {
  patient: string
  draft: D
}

/** Joins a draft with the patient whom it is about. */
export const about = <D>(subject: Reference | undefined, field: string, mapped: () => Mapped<D>): Mapped<OfSubject<D>> => {
  if (!subject?.reference) return { bad: `${field} is missing` }
  const patient = idIn('Patient', subject.reference)
  if (!patient) return { skip: `${field} names no patient that can be followed` }
  const made = mapped()
  return 'draft' in made ? { draft: { patient, draft: made.draft } } : made
}
