import type { Tx } from '#kernel/tx.ts'
import { allergy, condition, document, encounter, immunization, medication, procedure } from '#schema/history'
import { recordImport } from './import-records.ts'
import { mapAllergy } from './map-allergy.ts'
import { mapCondition } from './map-condition.ts'
import { mapDocument } from './map-document.ts'
import { mapEncounter } from './map-encounter.ts'
import { mapImmunization } from './map-immunization.ts'
import { mapMedicationRequest, mapMedicationStatement } from './map-medication.ts'
import { mapProcedure } from './map-procedure.ts'
import type { BatchResult, RecordBatch } from './schema.ts'

type Import = (tx: Tx, batch: RecordBatch) => Promise<BatchResult>

/** How each FHIR resource type becomes a record of the history. */
export const KINDS: ReadonlyMap<string, Import> = new Map<string, Import>([
  ['AllergyIntolerance', recordImport(allergy, mapAllergy, (draft, whose) => ({ ...draft, ...whose }))],
  ['Condition', recordImport(condition, mapCondition, (draft, whose) => ({ ...draft, ...whose }))],
  ['MedicationRequest', recordImport(medication, mapMedicationRequest, (draft, whose) => ({ ...draft, ...whose }))],
  ['MedicationStatement', recordImport(medication, mapMedicationStatement, (draft, whose) => ({ ...draft, ...whose }))],
  ['Immunization', recordImport(immunization, mapImmunization, (draft, whose) => ({ ...draft, ...whose }))],
  ['Encounter', recordImport(encounter, mapEncounter, (draft, whose) => ({ ...draft, ...whose }))],
  ['Procedure', recordImport(procedure, mapProcedure, (draft, whose) => ({ ...draft, ...whose }))],
  ['DocumentReference', recordImport(document, mapDocument, (draft, whose) => ({ ...draft, ...whose }))],
])

const ELSEWHERE = 'is no part of a patient record; the names that records mention are kept with them'
const RESULTS = 'laboratory results and vital signs are not kept yet'
const BILLING = 'billing by others is not taken over'
const NOT_IMPORTED = new Map([
  ['Practitioner', ELSEWHERE],
  ['PractitionerRole', ELSEWHERE],
  ['Organization', ELSEWHERE],
  ['Location', ELSEWHERE],
  ['Device', 'implants and other devices are not kept yet'],
  ['Observation', RESULTS],
  ['DiagnosticReport', RESULTS],
  ['Claim', BILLING],
  ['ExplanationOfBenefit', BILLING],
])
/** Why a resource type is not imported. */
export const whyNot = (resourceType: string): string => NOT_IMPORTED.get(resourceType) ?? 'resources of this type are not imported'
