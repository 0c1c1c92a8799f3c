import type { Id } from '#kernel/id.ts'
import type { Rec, Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient, PatientId } from '#schema/patients'
import { sourceOf } from './datatypes.ts'
import type { Medications } from './map-medication.ts'
import type { Mapped } from './outcome.ts'
import type { BatchResult, RecordBatch } from './schema.ts'
import { sift } from './sift.ts'
import type { OfSubject } from './subject.ts'

interface Whose {
  patientId: Id<'pat'>
  recordedAt: string
}
const UNKNOWN_PATIENT = 'its patient is neither in these files nor here already'
const STRANGER = 'its patient was left out: another person is here already under this FHIR id'

/** Imports of one kind: everything is checked before the first row is written, so that a bad line costs only itself. */
export const recordImport =
  <R extends Rec, D extends { source: string }>(
    rec: R,
    map: (raw: unknown, medications: Medications) => Mapped<OfSubject<D>>,
    whole: (draft: D, whose: Whose) => Omit<Value<R>, 'id'> & { id?: string },
  ) =>
  async (tx: Tx, { entries, medications, strangers }: RecordBatch): Promise<BatchResult> => {
    const { fresh, leftOut, repeated } = sift(entries, (raw) => map(raw, medications), ({ draft }) => draft.source)
    const here = await tx.idsBy(rec, 'source', [...fresh.keys()])
    const missing = [...fresh].filter(([source]) => !here.has(source)).map(([, item]) => item)
    const patients = await tx.idsBy(patient, 'source', [...new Set(missing.map(({ draft }) => sourceOf('Patient', draft.patient)))])
    const added = missing.flatMap(({ line, draft: { patient: fhirId, draft } }) => {
      const patientId = patients.get(sourceOf('Patient', fhirId))
      const reason = strangers.has(fhirId) ? STRANGER : UNKNOWN_PATIENT
      if (patientId && !strangers.has(fhirId)) return [whole(draft, { patientId: PatientId.parse(patientId), recordedAt: tx.now })]
      leftOut.push({ line, how: strangers.has(fhirId) ? 'skipped' : 'bad', reason })
      return []
    })
    await tx.addAll(rec, added)
    return { imported: added.length, alreadyThere: here.size + repeated, leftOut }
  }
