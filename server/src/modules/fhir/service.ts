import { action } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import { importPatientBatch } from './import-patients.ts'
import { KINDS, whyNot } from './kinds.ts'
import { BatchResult, PatientBatch, PatientBatchResult, RecordBatch } from './schema.ts'

/** Only an operator at the command line has the grants of these two. */
export const importPatients = action({
  name: 'fhir.import-patients',
  does: 'import patients from FHIR files',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  clashes: { patient_by_source: 'Another import has just added one of these patients.' },
  input: PatientBatch,
  output: PatientBatchResult,
  run: importPatientBatch,
})

export const importRecords = action({
  name: 'fhir.import-records',
  does: 'import medical history from FHIR files',
  purpose: 'operations',
  phi: 'clinical',
  patient: () => '*',
  allow: roleAlone,
  input: RecordBatch,
  output: BatchResult,
  run: (tx, batch) => {
    const run = KINDS.get(batch.resourceType)
    if (!run) throw invalid([{ path: 'resourceType', message: whyNot(batch.resourceType) }])
    return run(tx, batch)
  },
})
