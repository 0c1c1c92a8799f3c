import { spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fchownSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cleanEnvironment, type PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresHome } from './postgres-home.ts'
import { as, besideOf, codeOf } from './postgres-user.ts'

/** A server that accepts connections on `<socketDir>/.s.PGSQL.<port>`. */
export interface RunningServer {
  pid: number
  port: number
  socketDir: string
}

const POLL_MS = 10
const FAST_STOP_TIMEOUT_MS = 20_000
const IMMEDIATE_STOP_TIMEOUT_MS = 10_000
/** Backends leave by themselves when their postmaster was killed; a busy one needs a moment to notice. */
const ORPHANS_TIMEOUT_MS = 20_000
/** Recovery after a crash replays up to max_wal_size of log: seconds on a disk, minutes on a poor one. */
const START_TIMEOUT_MS = 600_000

const pidFile = (data: string): string => join(data, 'postmaster.pid')

/** postmaster.pid: line 1 process id, 4 port, 5 folder of the socket, 8 state ("starting", "ready", "stopping"). */
const readPidFile = (data: string): (RunningServer & { state: string }) | undefined => {
  try {
    const lines = readFileSync(pidFile(data), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), socketDir: lines[4] ?? '', state: (lines[7] ?? '').trim() }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Every process of a server works inside its data folder, which a process id alone does not prove: the number in a
 * stale file may by now belong to anybody. Without /proc (macOS) the id has to do.
 */
const serves = (data: string, pid: number): boolean => {
  if (process.platform !== 'linux') return exists(pid)
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    return false // ended, a zombie, or somebody else's
  }
}

const exists = (pid: number): boolean => {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const processesIn = (data: string): number[] =>
  process.platform === 'linux'
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => serves(data, pid))
    : []

/** The server of this cluster once it is ready; undefined when none runs. Waits for one that is starting or stopping. */
export const settledServer = async (data: string): Promise<RunningServer | undefined> => {
  for (const began = Date.now(); Date.now() - began < START_TIMEOUT_MS; await sleep(POLL_MS)) {
    const found = readPidFile(data)
    if (!found || !serves(data, found.pid)) return undefined
    if (found.state === 'ready') return found
  }
  throw new Error(`The database server on ${data} has been starting for ten minutes. See its log.`)
}

/**
 * After a kill -9 of everything PostgreSQL refuses to start while the process ids in its lock files exist, whoever has
 * them now. Once no process works in the folder nothing serves it, and the files may go.
 */
export const clearStaleLocks = async (data: string, socketDir: string, port: number): Promise<void> => {
  if (process.platform !== 'linux') return
  const deadline = Date.now() + ORPHANS_TIMEOUT_MS
  while (processesIn(data).length > 0) {
    if (await settledServer(data)) return
    if (Date.now() > deadline)
      throw new Error(`Processes ${processesIn(data).join(', ')} of a killed database server still use ${data}.`)
    await sleep(POLL_MS)
  }
  dropStale(pidFile(data), data)
  dropStale(join(socketDir, `.s.PGSQL.${port}.lock`), data)
}

/** Moved aside before it is judged: between looking and deleting, another start may have put its own file there. */
const dropStale = (file: string, data: string): void => {
  const aside = besideOf(file)
  try {
    renameSync(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (serves(data, Number.parseInt(readFileSync(aside, 'utf8'), 10))) renameSync(aside, file)
  else rmSync(aside)
}

export interface Launch {
  home: PostgresHome
  binaries: PostgresBinaries
  data: string
  settings: Record<string, string | number>
}

/** Starts a server and waits until it is ready; undefined when it ended first (its reason is in server.err). */
export const launch = async ({ home, binaries, data, settings }: Launch): Promise<RunningServer | undefined> => {
  const child = spawnServer(home, binaries, data, settings)
  let ended: Error | 'exit' | undefined
  child.once('error', (error) => (ended = error))
  child.once('exit', () => (ended ??= 'exit'))
  for (const began = Date.now(); Date.now() - began < START_TIMEOUT_MS; await sleep(POLL_MS)) {
    if (ended instanceof Error) throw ended
    if (ended) return undefined
    const found = readPidFile(data)
    if (found?.pid === child.pid && found?.state === 'ready') return found
  }
  throw new Error(`The database server on ${data} was not ready after ten minutes. See its log in ${home.dir}.`)
}

/**
 * In a session of its own, because Ctrl-C must reach us first, and writing to a file, because a pipe would end with us:
 * the server outlives a killed parent, and the next start adopts it.
 */
const spawnServer = (
  home: PostgresHome,
  binaries: PostgresBinaries,
  data: string,
  settings: Record<string, string | number>,
): ChildProcess => {
  const output = openSync(errorFile(home), 'w', 0o600)
  try {
    if (home.user) fchownSync(output, home.user.uid, home.user.gid)
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(binaries.dir, 'bin', 'postgres'), ['-D', data, ...flags], {
      ...as(home.user),
      env: cleanEnvironment(),
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
    })
    child.unref()
    return child
  } finally {
    closeSync(output)
  }
}

const errorFile = (home: PostgresHome): string => join(home.dir, 'server.err')

/** The last words of a server that did not start. */
export const lastWords = (home: PostgresHome): string => {
  if (!existsSync(errorFile(home))) return ''
  return readFileSync(errorFile(home), 'utf8').trim().split('\n').slice(-5).join('\n')
}

/**
 * Fast shutdown: open transactions are rolled back, everything committed is in the files. Resolves when the server is
 * gone. PostgreSQL 18.4 can hang in a fast shutdown that reaches it while it recovers from a crashed process; the
 * immediate one that follows then loses nothing either, the next start replays the log.
 */
export const stopServer = async (data: string, pid: number): Promise<void> => {
  if (await endedAfter('SIGINT', FAST_STOP_TIMEOUT_MS, data, pid)) return
  if (await endedAfter('SIGQUIT', IMMEDIATE_STOP_TIMEOUT_MS, data, pid)) return
  throw new Error(`The database server (process ${pid} on ${data}) does not stop.`)
}

const endedAfter = async (signal: NodeJS.Signals, withinMs: number, data: string, pid: number): Promise<boolean> => {
  if (!serves(data, pid)) return true
  process.kill(pid, signal)
  for (const began = Date.now(); Date.now() - began < withinMs; await sleep(POLL_MS))
    if (!serves(data, pid)) return true
  return false
}
