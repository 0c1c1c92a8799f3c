import type { ClientBase } from 'pg'
import { RECORDS, type Rec } from './record.ts'

/** What the database itself can say about the safeguards that it carries out, as evidence for controls. Figures and names of tables only. */
export interface SelfCheck {
  /** The last signed head of the practice's trail. */
  head?: { size: number; at: string }
  /** Committed events that are not in the sealed tree yet. */
  unsealed: number
  oldestUnsealedAt?: string
  firstEventAt?: string
  /** Refused and failed attempts since the time asked about. */
  refused: number
  /** Whether the application's login could change or delete what is in the trail. */
  mayChangeTrail: boolean
  /** Sealed fields over all records, and those among them whose column could hold readable text: `table.column`. */
  sealedFields: number
  readable: string[]
  /** Columns that no record declares: `table.column`. */
  undeclared: string[]
  /** Tables that row security does not guard. */
  unguarded: string[]
}

interface Column {
  table: string
  column: string
  type: string
  guarded: boolean
}
const COLUMNS = `select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, c.relrowsecurity as guarded
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select') order by 1, 2`

const declared = (rec: Rec): Set<string> =>
  new Set([
    'practice_id',
    ...rec.columns.values(),
    ...[...rec.finding].filter(([, find]) => find === 'exact').map(([field]) => `${rec.columns.get(field)}_token`),
  ])
const secret = (rec: Rec): string[] => [...rec.sealed, ...rec.hashed].map((field) => rec.columns.get(field) ?? field)

/** @param refusedSince ISO 8601 */
export const readSelfCheck = async (client: ClientBase, refusedSince: string): Promise<SelfCheck> => {
  const { rows: [of] } = await client.query('select * from audit.self_check($1)', [refusedSince])
  const { rows: columns } = await client.query<Column>(COLUMNS)
  const isReadable = ({ table, column, type }: Column) => {
    const rec = RECORDS.get(table)
    return rec !== undefined && secret(rec).includes(column) && type !== 'bytea'
  }
  const isUndeclared = ({ table, column }: Column) => {
    const rec = RECORDS.get(table)
    return rec !== undefined && !declared(rec).has(column)
  }
  const named = (test: (column: Column) => boolean) => columns.filter(test).map((c) => `${c.table}.${c.column}`)
  return {
    ...(of.head_at ? { head: { size: Number(of.head_size), at: of.head_at } } : {}),
    unsealed: Number(of.unsealed),
    ...(of.oldest_unsealed_at ? { oldestUnsealedAt: of.oldest_unsealed_at } : {}),
    ...(of.first_event_at ? { firstEventAt: of.first_event_at } : {}),
    refused: Number(of.refused),
    mayChangeTrail: of.may_change,
    sealedFields: [...RECORDS.values()].reduce((n, rec) => n + rec.sealed.size, 0),
    readable: named(isReadable),
    undeclared: named(isUndeclared),
    unguarded: [...new Set(columns.filter((c) => !c.guarded && c.column === 'practice_id').map((c) => c.table))],
  }
}
