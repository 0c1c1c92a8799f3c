import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { mapPatient, type PatientDraft } from './map-patient.ts'
import type { PatientBatch, PatientBatchResult } from './schema.ts'
import { sift } from './sift.ts'

const SOMEBODY_ELSE = 'another person is here already under this FHIR id (another birth date): an id holds only within the system that gave it'

/**
 * Those of the drafts whose id here means somebody else: files of a second system can use the same ids, and a record must never end up with
 * another person.
 */
const strangersAmong = async (tx: Tx, drafts: ReadonlyMap<string, { line: number; draft: PatientDraft }>, here: ReadonlyMap<string, string>) => {
  if (here.size === 0) return []
  const birthDates = new Map((await tx.list(patient, { id: oneOf([...here.values()]) }, { open: ['birthDate'] })).map((p) => [`${p.id}`, p.birthDate]))
  return [...here].flatMap(([source, id]) => {
    const entry = drafts.get(source)
    return entry && entry.draft.birthDate !== birthDates.get(id) ? [{ line: entry.line, fhirId: entry.draft.fhirId }] : []
  })
}

/** Everything is checked before the first row is written, so that a bad line costs only itself. */
export const importPatientBatch = async (tx: Tx, { locationId, entries }: PatientBatch): Promise<PatientBatchResult> => {
  const { fresh, leftOut, repeated } = sift(entries, mapPatient, ({ source }) => source)
  const here = await tx.idsBy(patient, 'source', [...fresh.keys()])
  const strangers = await strangersAmong(tx, fresh, here)
  const added = [...fresh].filter(([source]) => !here.has(source)).map(([, { draft: { fhirId: _, ...fields } }]) => fields)
  await tx.addAll(patient, added.map((fields) => ({ ...fields, locationIds: [locationId], createdAt: tx.now })))
  return {
    imported: added.length,
    alreadyThere: here.size - strangers.length + repeated,
    leftOut: [...leftOut, ...strangers.map(({ line }) => ({ line, how: 'skipped' as const, reason: SOMEBODY_ELSE }))],
    strangers: strangers.map(({ fhirId }) => fhirId),
  }
}
