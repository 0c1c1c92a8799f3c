import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cleanEnvironment, type PostgresBinaries } from './postgres-binaries.ts'
import { clusterFolders, type PostgresHome } from './postgres-home.ts'
import { as, belongsToAnother, besideOf, codeOf, ownFolder, requireNamedUser } from './postgres-user.ts'

/** A folder of database files that a server can be started on. */
export interface Cluster {
  data: string
  password: string
}

/** Whether the files of a new cluster are forced to disk before they are used. */
export type Durability = 'synced' | 'unsynced'

const UNFINISHED = '.initdb'
/** initdb takes seconds; what is this old was left by a start that was killed. */
const ABANDONED_AFTER_MS = 3_600_000

const run = promisify(execFile)

/** Finds the cluster of this version, or makes it. Never touches one of another version or another owner. */
export const ensureCluster = async (
  home: PostgresHome,
  binaries: PostgresBinaries,
  durability: Durability,
): Promise<Cluster> => {
  const data = join(home.dir, `pg${binaries.major}`)
  refuseOtherMajor(home, data)
  refuseOtherOwner(data)
  const password = ensurePassword(home)
  if (!existsSync(join(data, 'PG_VERSION'))) await createCluster(home, binaries, durability, data)
  return { data, password }
}

const refuseOtherMajor = (home: PostgresHome, data: string): void => {
  const [other] = clusterFolders(home.dir)
  if (other === undefined || existsSync(data)) return
  throw new Error(
    `${join(home.dir, other)} holds the data of another major version of PostgreSQL. ` +
      'Start the version of Nacre that made it, back up there, and restore the backup here.',
  )
}

const refuseOtherOwner = (data: string): void => {
  try {
    readdirSync(data)
  } catch (error) {
    if (codeOf(error) === 'EACCES') throw belongsToAnother(data, statSync(data).uid)
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** The superuser's password: made once, whole before it has its name, so that a second start never reads half of it. */
const ensurePassword = (home: PostgresHome): string => {
  const file = join(home.dir, 'password')
  if (!existsSync(file)) {
    const beside = besideOf(file)
    writeFileSync(beside, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
    try {
      linkSync(beside, file)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    } finally {
      rmSync(beside)
    }
  }
  return readFileSync(file, 'utf8').trim()
}

/** Made beside and renamed into place: a crash half way leaves no half-made cluster, and of two starts one wins. */
const createCluster = async (
  home: PostgresHome,
  binaries: PostgresBinaries,
  durability: Durability,
  data: string,
): Promise<void> => {
  if (!home.user) requireNamedUser()
  const beside = besideOf(join(home.dir, UNFINISHED))
  const secret = `${beside}.password`
  try {
    removeAbandoned(home.dir)
    ownFolder(beside, 0o700, home.user)
    copyFileSync(join(home.dir, 'password'), secret)
    if (home.user) chownSync(secret, home.user.uid, home.user.gid)
    await initdb(home, binaries, [
      `--pgdata=${beside}`,
      `--pwfile=${secret}`,
      ...(durability === 'unsynced' ? ['--no-sync'] : []),
    ])
    moveIntoPlace(beside, data)
    syncFolder(home.dir)
  } finally {
    rmSync(secret, { force: true })
    rmSync(beside, { recursive: true, force: true })
  }
}

/**
 * Checksums find a bad disk. The built-in locale cannot change under an index when the machine's libraries are updated;
 * it exists from PostgreSQL 17 on.
 */
const initdb = async (home: PostgresHome, binaries: PostgresBinaries, where: string[]): Promise<void> => {
  const locale =
    binaries.major >= 17
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8']
  const how = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--data-checksums',
    '--no-instructions',
  ]
  const options = { ...as(home.user), env: cleanEnvironment(), cwd: '/' }
  await run(join(binaries.dir, 'bin', 'initdb'), [...where, ...how, ...locale], options)
}

const removeAbandoned = (dir: string): void => {
  for (const name of readdirSync(dir).filter((entry) => entry.startsWith(UNFINISHED))) {
    const found = statSync(join(dir, name), { throwIfNoEntry: false })
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS)
      rmSync(join(dir, name), { recursive: true, force: true })
  }
}

const moveIntoPlace = (beside: string, data: string): void => {
  try {
    renameSync(beside, data)
  } catch (error) {
    if (!existsSync(join(data, 'PG_VERSION'))) throw error // else another start was faster
  }
}

/** A rename survives a power cut only once the folder that holds it is on disk. */
const syncFolder = (dir: string): void => {
  const handle = openSync(dir, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
