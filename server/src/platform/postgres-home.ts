import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  accountForRoot,
  belongsToAnother,
  besideOf,
  codeOf,
  ownFolder,
  runsAsRoot,
  type ServiceUser,
} from './postgres-user.ts'

/**
 * Where everything of the database lies, and who the server runs as (undefined: as we do).
 *
 *     <dir>/pg18/           the cluster        <dir>/log/       the server's log, one file a weekday
 *     <dir>/sock/           its socket         <dir>/password   of the superuser, 0600
 *     <dir>/runtime-<v>/    only where the binaries cannot run from node_modules
 */
export interface PostgresHome {
  dir: string
  user: ServiceUser | undefined
}

/** Cluster folders carry the major version: pg18. */
export const clusterFolders = (dir: string): string[] => listed(dir).filter((name) => /^pg\d+$/.test(name))

/** Where the database of this data directory lies: inside it, or where `postgres-location` in it says. */
export const locatePostgres = (dataDir: string): string =>
  readPointer(pointerFile(dataDir)) ?? join(resolve(dataDir), 'postgres')

export const forgetLocation = (dataDir: string): void => rmSync(pointerFile(dataDir), { force: true })

export const openHome = (dataDir: string): PostgresHome => {
  makeFolder(dataDir)
  if (!runsAsRoot()) {
    const dir = locatePostgres(dataDir)
    refuseLostDatabase(dataDir)
    ownFolder(dir, 0o700, undefined)
    return { dir, user: undefined }
  }
  const near = locatePostgres(dataDir)
  refuseLostDatabase(dataDir)
  const user = ownerOfCluster(near) ?? accountForRoot()
  const dir = reachable(near, dataDir, user)
  // Owned by whoever comes; passable, not readable, for the service account, which owns the folders inside.
  ownFolder(dir, 0o711, undefinedUnlessOwner(dir, user))
  return { dir, user }
}

/** Private itself, with ordinary folders above it: recursive mkdir would make those private as well. */
const makeFolder = (dataDir: string): void => {
  mkdirSync(dirname(resolve(dataDir)), { recursive: true })
  if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
}

/** A folder that an ordinary user made stays theirs when root visits, so that they can come back. */
const undefinedUnlessOwner = (dir: string, user: ServiceUser): ServiceUser | undefined =>
  statSync(dir, { throwIfNoEntry: false })?.uid === user.uid ? user : undefined

const ownerOfCluster = (dir: string): ServiceUser | undefined => {
  const owners = clusterFolders(dir).map((name) => statSync(join(dir, name)))
  return owners.map(({ uid, gid }) => ({ uid, gid })).find(({ uid }) => uid !== 0)
}

/**
 * The service account must be able to walk to its files, and /root is closed to it. The data directory itself may be
 * opened for passing (not for reading); for a closed folder above it the database moves to /var/lib and leaves a note.
 */
const reachable = (dir: string, dataDir: string, user: ServiceUser): string => {
  const wall = wallBefore(dir, user)
  if (wall === undefined) return dir
  if (wall === resolve(dataDir)) {
    chmodSync(wall, statSync(wall).mode | 0o001)
    return reachable(dir, dataDir, user)
  }
  if (clusterFolders(dir).length > 0) {
    throw new Error(
      `The database in ${dir} belongs to user number ${user.uid}, to whom the folder ${wall} is closed. ` +
        `Open it for passing (chmod o+x ${wall}) or move the data directory elsewhere.`,
    )
  }
  const moved = movedAway(dataDir)
  console.warn(
    `The folder ${wall} is closed to the database's account (user number ${user.uid}); its files go to ${moved}.`,
  )
  return moved
}

/** The first folder on the way up from `dir` that `user` may not pass. */
const wallBefore = (dir: string, user: ServiceUser): string | undefined => {
  if (dir === dirname(dir)) return undefined
  const found = statSync(dir, { throwIfNoEntry: false })
  const open = !found || mayPass(found, user)
  return open ? wallBefore(dirname(dir), user) : dir
}

const mayPass = (folder: { mode: number; uid: number; gid: number }, user: ServiceUser): boolean => {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0
  return (folder.mode & (folder.gid === user.gid ? 0o010 : 0o001)) !== 0
}

/**
 * The name is random and written down in the data directory: whoever deletes that directory, and its keys with it, must
 * not find an old database, which the new keys cannot open, under the new one.
 */
const movedAway = (dataDir: string): string => {
  const file = pointerFile(dataDir)
  const beside = besideOf(file)
  const moved = `/var/lib/nacre-${randomBytes(5).toString('hex')}`
  mkdirSync(moved, { recursive: true, mode: 0o711 })
  writeFileSync(beside, `${moved}\n`, { mode: 0o600 })
  try {
    linkSync(beside, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    rmdirSync(moved) // another start was faster, and wrote its own name down
  } finally {
    rmSync(beside)
  }
  return locatePostgres(dataDir)
}

/** A data directory that came without its database (a container rebuilt on an old volume) must not get an empty one. */
const refuseLostDatabase = (dataDir: string): void => {
  const dir = readPointer(pointerFile(dataDir))
  if (dir === undefined || existsSync(dir)) return
  throw new Error(
    `The database of this data directory lay in ${dir}, which is gone. Restore it there. ` +
      `To start with an empty one instead, delete ${pointerFile(dataDir)}.`,
  )
}

const pointerFile = (dataDir: string): string => join(resolve(dataDir), 'postgres-location')

const readPointer = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const listed = (dir: string): string[] => {
  try {
    return readdirSync(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    if (codeOf(error) === 'EACCES') throw belongsToAnother(dir, statSync(dir).uid)
    throw error
  }
}
