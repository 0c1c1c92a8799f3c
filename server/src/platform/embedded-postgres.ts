import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findBinaries } from './postgres-binaries.ts'
import { ensureCluster } from './postgres-cluster.ts'
import { clusterFolders, forgetLocation, locatePostgres, openHome, type PostgresHome } from './postgres-home.ts'
import {
  clearStaleLocks,
  lastWords,
  launch,
  settledServer,
  stopServer,
  type Launch,
  type RunningServer,
} from './postgres-process.ts'
import { codeOf, ownFolder } from './postgres-user.ts'

/** Names and values of postgresql.conf. */
export type PostgresSettings = Record<string, string | number>

export interface EmbeddedPostgres {
  /** Folder of the unix socket; pg takes it as `host`. */
  host: string
  port: number
  /** The superuser. Nacre itself logs in as a role without that power. */
  user: string
  password: string
  pid: number
  /** True when a server of an earlier, killed start was found running; it keeps the settings that it was started with. */
  adopted: boolean
  /** Folder of the programs: `<native>/bin/postgres`. */
  native: string
  /** Folder of the cluster. */
  data: string
  /** Stops the server, also for others that adopted it. Resolves when every file is closed. */
  stop(): Promise<void>
}

export interface StartOptions {
  dataDir: string
  /** Over the defaults below; they do not reach a server that is adopted. */
  settings?: PostgresSettings
  /** Folder with bin/postgres and bin/initdb of a PostgreSQL >= 15, instead of the one from npm. */
  binaries?: string
}

const PORT = 5432
const ATTEMPTS = 3
const RECOVERY_TIMEOUT_MS = 600_000
/** SQLSTATE of a server that starts, stops or recovers. */
const CANNOT_CONNECT_NOW = '57P03'
/** A socket's path has 108 bytes in the kernel; PostgreSQL appends up to four of its own. */
const MAX_SOCKET_PATH_BYTES = 103

const DURABLE: PostgresSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_compression: 'off',
}

const SMALL: PostgresSettings = { shared_buffers: '128MB', max_connections: 60, jit: 'off' }

/**
 * An error message quotes the values of the statement that failed ("invalid input syntax", "Key (name)=(...)"), so errors
 * stay between the server and its client: the log begins at LOG, one level above ERROR, and carries no DETAIL, which
 * would name the statement of a crashed process.
 */
const SILENT_ABOUT_PATIENTS: PostgresSettings = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: -1,
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
}

const LOGGED: PostgresSettings = {
  logging_collector: 'on',
  log_filename: 'postgresql-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: 0,
}

/**
 * Starts the PostgreSQL that ships with Nacre, on files below `dataDir`, reachable through a unix socket only. Makes the
 * cluster the first time; adopts a server that outlived its parent. Call it once per process.
 *
 * As root the server runs under another account, see postgres-user.ts; where that account cannot reach `dataDir`, see
 * postgres-home.ts.
 *
 * @throws Error with a sentence for the operator: another owner, another major version, programs that do not run here.
 */
export const startPostgres = async ({ dataDir, settings = {}, binaries }: StartOptions): Promise<EmbeddedPostgres> => {
  const home = openHome(dataDir)
  const programs = findBinaries(home, binaries)
  const { data, password } = await ensureCluster(home, programs, settings.fsync === 'off' ? 'unsynced' : 'synced')
  const { server, adopted } = await adoptOrLaunch({
    home,
    binaries: programs,
    data,
    settings: allSettings(home, data, settings),
  })
  const login = { host: server.socketDir, port: server.port, user: 'postgres', password }
  if (adopted) await answering(login)
  return {
    ...login,
    pid: server.pid,
    adopted,
    native: programs.dir,
    data,
    stop: () => stopServer(data, server.pid),
  }
}

/**
 * After the death of one of its processes a server calls itself ready while it recovers, and turns callers away.
 */
const answering = async (login: pg.ClientConfig): Promise<void> => {
  for (const began = Date.now(); Date.now() - began < RECOVERY_TIMEOUT_MS; await sleep(50)) {
    const client = new pg.Client({ ...login, database: 'postgres' })
    client.on('error', () => {}) // it is told to connect() as well
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (codeOf(error) !== CANNOT_CONNECT_NOW) throw error
    }
  }
  throw new Error(`The database server on ${login.host} has been recovering for ten minutes. See its log.`)
}

/** Stops the server of this data directory, if one runs, and deletes the database for good. */
export const destroyPostgres = async (dataDir: string): Promise<void> => {
  const dir = locatePostgres(dataDir)
  for (const cluster of clusterFolders(dir)) {
    const data = join(dir, cluster)
    const server = await settledServer(data)
    if (server) await stopServer(data, server.pid)
    rmSync(shortSocketFolder(data), { recursive: true, force: true })
  }
  forgetLocation(dataDir)
  rmSync(dir, { recursive: true, force: true })
}

const adoptOrLaunch = async (start: Launch): Promise<{ server: RunningServer; adopted: boolean }> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await settledServer(start.data)
    if (found) return { server: found, adopted: true }
    await clearStaleLocks(start.data, String(start.settings.unix_socket_directories), PORT)
    const server = await launch(start)
    if (server) return { server, adopted: false }
    // It ended. If another start was faster, that server is there to adopt; otherwise once more, then say why.
  }
  throw new Error(
    `The database server does not start on ${start.data}. Its last words:\n${lastWords(start.home)}\n` +
      `More may stand in ${join(start.home.dir, 'log')}.`,
  )
}

const allSettings = (home: PostgresHome, data: string, settings: PostgresSettings): PostgresSettings => {
  const logFolder = join(home.dir, 'log')
  ownFolder(logFolder, 0o700, home.user)
  const socketFolder = fitting(join(home.dir, 'sock'), data)
  ownFolder(socketFolder, 0o700, home.user)
  const reachedBy = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    port: PORT,
  }
  return {
    ...DURABLE,
    ...SMALL,
    ...SILENT_ABOUT_PATIENTS,
    ...LOGGED,
    log_directory: logFolder,
    ...settings,
    ...reachedBy,
  }
}

const fitting = (folder: string, data: string): string => {
  const length = Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`))
  return length <= MAX_SOCKET_PATH_BYTES ? folder : shortSocketFolder(data)
}

const shortSocketFolder = (data: string): string =>
  join(tmpdir(), `nacre-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`)
