import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { ConfigError, type Config } from '../config.ts'
import { startPostgres } from './embedded-postgres.ts'
import { confine, makeLogins, migrate, type Connection, type LoginName } from './postgres.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
const VAULT = fileURLToPath(new URL('../../vault', import.meta.url))
const RECORDS_DATABASE = 'nacre'
const VAULT_DATABASE = 'nacre_vault'

export interface Databases {
  app: Connection
  trail: Connection
  vault: Connection
  /** Whether there are keys already: then the key file must not be made anew. */
  hasKeys: boolean
  /** For what an operator does at the command line, such as measuring. */
  owner: Connection
  /** True when a running server of another process was used. */
  adopted: boolean
  stop: () => Promise<void>
}

const connected = async <T>(connection: Connection, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Random passwords of the application's logins, in a file that only the server's account may read. */
const loginPasswords = (dataDir: string): Record<LoginName, string> => {
  const file = join(dataDir, 'keys', 'database-logins.json')
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const fresh = () => randomBytes(24).toString('base64url')
    writeFileSync(file, JSON.stringify({ nacre_app: fresh(), nacre_trail: fresh(), nacre_vault: fresh() }), { mode: 0o600, flag: 'wx' })
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<LoginName, string>
}

const migrateBoth = async (owner: Connection, vaultOwner: Connection): Promise<boolean> => {
  await connected(owner, async (c) => {
    await migrate(c, MIGRATIONS)
    await confine(c, ['nacre_app', 'nacre_trail'])
  })
  return connected(vaultOwner, async (c) => {
    await migrate(c, VAULT)
    await confine(c, ['nacre_vault'])
    return ((await c.query('select 1 from practice_key limit 1')).rowCount ?? 0) > 0
  })
}

const embedded = async (dataDir: string): Promise<Databases> => {
  const server = await startPostgres({ dataDir })
  const { host, port, user, password } = server
  const as = (database: string, login: { user: string; password: string }): Connection => ({ host, port, database, ...login })
  const superuser = { user, password }
  const passwords = loginPasswords(dataDir)
  await connected(as('postgres', superuser), async (c) => {
    const { rows } = await c.query<{ datname: string }>('select datname from pg_database where datname = any ($1)', [[RECORDS_DATABASE, VAULT_DATABASE]])
    // The passwords are set once: whoever has the data directory has them anyway.
    if (rows.length < 2) await makeLogins(c, passwords)
    for (const name of [RECORDS_DATABASE, VAULT_DATABASE]) if (!rows.some((r) => r.datname === name)) await c.query(`create database ${name}`)
  })
  const owner = as(RECORDS_DATABASE, superuser)
  const hasKeys = await migrateBoth(owner, as(VAULT_DATABASE, superuser))
  const login = (name: LoginName, database: string) => as(database, { user: name, password: passwords[name] })
  return {
    app: login('nacre_app', RECORDS_DATABASE),
    trail: login('nacre_trail', RECORDS_DATABASE),
    vault: login('nacre_vault', VAULT_DATABASE),
    owner,
    hasKeys,
    adopted: server.adopted,
    stop: () => server.stop(),
  }
}

/**
 * Row security asks nothing of superusers, of logins that may pass it by, or of who owns the tables: one of these as the application's login
 * would see everything without an event, and nobody would notice.
 */
const refuseRulers = (variable: string, connection: Connection): Promise<void> =>
  connected(connection, async (c) => {
    const { rows } = await c.query<{ name: string; rules: boolean }>(`select current_user as name, rolsuper or rolbypassrls or exists (select from pg_class t
      join pg_namespace n on n.oid = t.relnamespace where n.nspname in ('public', 'audit') and t.relkind = 'r' and pg_has_role(current_user, t.relowner, 'member')) as rules
      from pg_roles where rolname = current_user`)
    const [login] = rows
    if (login?.rules !== false)
      throw new ConfigError(`${variable}: the login ${login?.name ?? ''} is a superuser, may pass row security by or owns tables, so the database could not hold it to the audit trail. Use a login without these rights.`)
  })

/** Your own PostgreSQL when it is configured, otherwise the embedded one; migrated and ready. */
export const openDatabases = async ({ databases, dataDir }: Config): Promise<Databases> => {
  if (!databases) return embedded(dataDir)
  const url = (connectionString: string): Connection => ({ connectionString })
  const hasKeys = await migrateBoth(url(databases.owner), url(databases.vaultOwner))
  await refuseRulers('DATABASE_URL', url(databases.app))
  await refuseRulers('TRAIL_DATABASE_URL', url(databases.trail))
  await refuseRulers('VAULT_DATABASE_URL', url(databases.vault))
  return {
    app: url(databases.app), trail: url(databases.trail), vault: url(databases.vault), owner: url(databases.owner), hasKeys, adopted: false, stop: () => Promise.resolve(),
  }
}
