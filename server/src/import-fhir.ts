import type { Action } from '#kernel/action.ts'
import type { Perform } from '#kernel/perform.ts'
import { operator } from '#kernel/roles.ts'
import {
  addBatch, fileReport, importPatients, importRecords, KINDS, leaveOut, MOST_IN_BATCH, problemsIn, readMedication, reportLines, whyNot, type FileReport,
} from '#modules/fhir'
import { practiceCard } from '#modules/practices'
import { DamagedFile, ndjsonFiles, readNdjson } from '#platform/ndjson-files.ts'
