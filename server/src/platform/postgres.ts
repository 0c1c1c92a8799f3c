import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** Instants are ISO 8601 in UTC everywhere in the server, so that they need no parsing on the hot path: `2026-11-22T10:00:00.123Z`. */
const INSTANT = 1184
const DATE = 1082
const SECONDS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length
const instant = (text: string) => {
  if (!text.endsWith('+00')) return new Date(text).toISOString()
  const whole = `${text.slice(0, 10)}T${text.slice(11, -3)}`
  // The database leaves out zeros at the end of a fraction; texts compare as times do only when all have milliseconds.
  return `${whole}${'.000'.slice(Math.min(4, whole.length - SECONDS_LENGTH))}Z`
}
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INSTANT ? instant : oid === DATE ? (text: string) => text : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig

export interface Login {
  host: string
  port: number
  user: string
  password: string
  database: string
}
export type Connection = Login | { connectionString: string }

const POOL_SIZE = 10
const STATEMENT_TIMEOUT_MS = 30_000

/** `plans: 'once'`: where every statement is a look-up by key, a plan made anew for the values of each costs more than the look-up. */
export const openPool = (connection: Connection, options: { max?: number; name: string; plans?: 'once' }): pg.Pool => {
  const pool = new pg.Pool({
    ...connection,
    max: options.max ?? POOL_SIZE,
    application_name: options.name,
    // Statements that do not wait for one another go out together: fewer round trips.
    pipeline: true,
    types,
    options: `-c timezone=UTC${options.plans === 'once' ? ' -c plan_cache_mode=force_generic_plan' : ''}`,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  } as pg.PoolConfig)
  // A broken idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  return pool
}

const LOGINS = ['nacre_app', 'nacre_trail', 'nacre_vault'] as const
export type LoginName = (typeof LOGINS)[number]

/** Makes the logins of the application, none of which owns anything or may become anybody else. */
export const makeLogins = async (owner: pg.Client, passwords: Record<LoginName, string>) => {
  for (const login of LOGINS) {
    const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [login])
    if (rowCount === 0) await owner.query(`create role ${login}`)
    await owner.query(
      `alter role ${login} login nosuperuser nocreaterole nocreatedb nobypassrls noreplication password ${owner.escapeLiteral(passwords[login])}`,
    )
  }
}

const OPEN_TO_ALL = `select current_database() as name from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  where d.datname = current_database() and a.grantee = 0`

/**
 * Lets nobody but these logins into a database, and lets them make nothing in it, not even temporary tables and types: what a caller makes in
 * pg_temp is found before the built-in thing of the same name. Asked at each start: a database that was copied or restored has forgotten it.
 */
export const confine = async (owner: pg.Client, logins: readonly LoginName[]) => {
  const [open] = (await owner.query<{ name: string }>(OPEN_TO_ALL)).rows
  if (!open) return
  const database = owner.escapeIdentifier(open.name)
  const to = logins.join(', ')
  // One transaction: nobody who connects meanwhile is turned away.
  await owner.query(`revoke all on database ${database} from public, ${to}; grant connect on database ${database} to ${to}`)
}

/** Plain SQL, forward only. A migration that was changed after it ran is an error, not a surprise. */
export const migrate = async (owner: pg.Client, folder: string): Promise<string[]> => {
  await owner.query(
    'create table if not exists public.nacre_migration (name text primary key, sha256 text not null, at timestamptz not null default now())',
  )
  const { rows } = await owner.query<{ name: string; sha256: string }>(
    'select name, sha256 from public.nacre_migration',
  )
  const done = new Map(rows.map((r) => [r.name, r.sha256]))
  const ran: string[] = []
  for (const name of readdirSync(folder)
    .filter((f) => f.endsWith('.sql'))
    .toSorted()) {
    const sql = readFileSync(join(folder, name), 'utf8')
    const sha256 = createHash('sha256').update(sql).digest('hex')
    const known = done.get(name)
    if (known === sha256) continue
    if (known)
      throw new Error(`migration ${name} was changed after it ran; migrations are never rewritten, add a new one`)
    await owner.query('begin')
    try {
      await owner.query(sql)
      await owner.query('insert into public.nacre_migration (name, sha256) values ($1, $2)', [name, sha256])
      await owner.query('commit')
    } catch (error) {
      await owner.query('rollback')
      throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
    ran.push(name)
  }
  return ran
}
