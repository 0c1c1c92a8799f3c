import { LRUCache } from 'lru-cache'

type Row = readonly unknown[]
const MOST_KEPT = 1000

/**
 * Rows of records that are settings (record.ts): about no patient, seldom changed, needed by nearly every request. They are kept as they came
 * from the database, sealed fields sealed, and used again while the edition stands that came with the opening of the gate. A trigger gives
 * a practice a new edition in the transaction that changes one of its settings (0002_kernel.sql), so no process, of however many, answers
 * from settings that were out of date when the event was written.
 */
export const settings = () => {
  const kept = new LRUCache<string, { edition: string; rows: readonly Row[] }>({ max: MOST_KEPT })
  return {
    /** @param question practice, statement and values: what `ask` would be asked. */
    async read(edition: string | null, question: string, ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
      const known = kept.get(question)
      if (known && known.edition === edition) return known.rows
      const rows = await ask()
      // They may be newer than the edition, never older.
      if (edition) kept.set(question, { edition, rows: rows.map(frozen) })
      return rows
    },
  }
}
export type Settings = ReturnType<typeof settings>

/** Lists are handed to everybody who asks: nobody may change them. */
const frozen = (row: Row): Row => {
  for (const value of row) if (Array.isArray(value)) Object.freeze(value)
  return row
}
