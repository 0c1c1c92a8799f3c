import { z } from 'zod'
import { LocationId } from '#kernel/id.ts'
import type { Coded } from '#schema/history'

/** A resource and the line of the file on which it stands. */
export const Entry = z.object({ line: z.int().positive(), resource: z.unknown() })
export type Entry = z.infer<typeof Entry>

export const MOST_IN_BATCH = 1000
const Entries = z.array(Entry).max(MOST_IN_BATCH)

export const PatientBatch = z.object({ locationId: LocationId, entries: Entries })
export type PatientBatch = z.infer<typeof PatientBatch>

export const RecordBatch = z.object({
  resourceType: z.string(),
  entries: Entries,
  /** What `Medication` resources are called, by FHIR id. */
  medications: z.custom<ReadonlyMap<string, Coded>>((value) => value instanceof Map),
  /** FHIR ids of patients that mean somebody else here: their records are left out. */
  strangers: z.custom<ReadonlySet<string>>((value) => value instanceof Set),
})
export type RecordBatch = z.infer<typeof RecordBatch>

/** What became of the lines of a batch. Reasons name fields and rules, never values. */
export const BatchResult = z.object({
  imported: z.int(),
  alreadyThere: z.int(),
  leftOut: z.array(z.object({ line: z.int(), how: z.enum(['skipped', 'bad']), reason: z.string() })),
})
export type BatchResult = z.infer<typeof BatchResult>

export const PatientBatchResult = BatchResult.extend({ strangers: z.array(z.string()) })
export type PatientBatchResult = z.infer<typeof PatientBatchResult>
