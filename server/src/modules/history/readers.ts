import type { Id } from '#kernel/id.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { inOneLine, newestFirst } from './lines.ts'
import {
  allergy, condition, document, encounter, HISTORY_PAGE, immunization, medication, procedure,
  type HistoryKind, type HistoryLine, type Occurred,
} from './schema.ts'

type PatientId = Id<'pat'>
interface Dated {
  id: string
  occurred?: Occurred | undefined
}
type Reader = (tx: Tx, patientId: PatientId, skip: number) => Promise<{ total: number; lines: HistoryLine[] }>

/** More than anybody's history holds; a limit all the same. */
const MOST_ROWS = 20_000
const TIMES = { open: ['occurred'], limit: MOST_ROWS } as const

/**
 * Dates are sealed, so that the database cannot order by them: first the dates of all rows are opened, then everything else of one page.
 */
const reader =
  <T extends Dated>(times: (tx: Tx, patientId: PatientId) => Promise<Dated[]>, page: (tx: Tx, patientId: PatientId, ids: string[]) => Promise<T[]>, tell: (row: T) => HistoryLine): Reader =>
  async (tx, patientId, skip) => {
    const all = await times(tx, patientId)
    const ids = newestFirst(all).slice(skip, skip + HISTORY_PAGE).map((row) => row.id)
    return { total: all.length, lines: newestFirst(await page(tx, patientId, ids)).map(tell) }
  }

export const READERS: Record<HistoryKind, Reader> = {
  allergy: reader(
    (tx, patientId) => tx.list(allergy, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(allergy, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'criticality', 'reactions'] }),
    inOneLine.allergy,
  ),
  condition: reader(
    (tx, patientId) => tx.list(condition, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(condition, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'category'] }),
    inOneLine.condition,
  ),
  medication: reader(
    (tx, patientId) => tx.list(medication, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(medication, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'dosage', 'reasons'] }),
    inOneLine.medication,
  ),
  immunization: reader(
    (tx, patientId) => tx.list(immunization, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(immunization, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'lot', 'site'] }),
    inOneLine.immunization,
  ),
  procedure: reader(
    (tx, patientId) => tx.list(procedure, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(procedure, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'reasons', 'bodySites'] }),
    inOneLine.procedure,
  ),
  encounter: reader(
    (tx, patientId) => tx.list(encounter, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(encounter, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'place', 'providers', 'reasons'] }),
    inOneLine.encounter,
  ),
  document: reader(
    (tx, patientId) => tx.list(document, { patientId }, TIMES),
    (tx, patientId, ids) => tx.list(document, { patientId, id: oneOf(ids) }, { open: ['occurred', 'code', 'status', 'title', 'authors'] }),
    inOneLine.document,
  ),
}
