import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

/** An account of the operating system that the database server runs as. */
export interface ServiceUser {
  uid: number
  gid: number
}

export const runsAsRoot = (): boolean => process.getuid?.() === 0

/** The part of spawn's options that makes a child run as `user`; without one it stays who we are. */
export const as = (user: ServiceUser | undefined): { uid?: number; gid?: number } =>
  user ? { uid: user.uid, gid: user.gid } : {}

/**
 * PostgreSQL refuses to run as root. Root therefore hands the server to the account `postgres`, which is created when
 * the machine has none; to `nobody` where accounts cannot be created (a bare container).
 */
export const accountForRoot = (): ServiceUser => {
  const user = account('postgres') ?? createdAccount() ?? account('nobody')
  if (user) return user
  throw new Error(
    'PostgreSQL may not run as root and this machine has no other account. Add one: useradd --system postgres',
  )
}

const createdAccount = (): ServiceUser | undefined => {
  const flags = [
    '--system',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    '--user-group',
  ]
  spawnSync('useradd', [...flags, 'postgres'])
  return account('postgres')
}

const account = (name: string): ServiceUser | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((entry) => entry.split(':'))
    .find((fields) => fields[0] === name)
  return line && { uid: Number(line[2]), gid: Number(line[3]) }
}

/** initdb looks its own user up by number: `docker run -u 12345` has none. An existing cluster starts without. */
export const requireNamedUser = (): void => {
  try {
    userInfo()
  } catch {
    throw new Error(
      `PostgreSQL cannot create its files as user number ${process.getuid?.()}, which has no line in /etc/passwd. ` +
        'Add one, start as another user, or set DATABASE_URL to a database of your own.',
    )
  }
}

/** Makes `dir` a real folder with this mode, owned by `user`. Refuses a link and a folder that somebody else owns. */
export const ownFolder = (dir: string, mode: number, user: ServiceUser | undefined): void => {
  mkdirSync(dir, { recursive: true, mode })
  const found = lstatSync(dir)
  if (!found.isDirectory())
    throw new Error(`${dir} is not a folder but a link or a file. Move it away and start again.`)
  if (found.uid !== process.getuid?.() && found.uid !== user?.uid) throw belongsToAnother(dir, found.uid)
  chmodSync(dir, mode)
  if (user) chownSync(dir, user.uid, user.gid)
}

export const belongsToAnother = (dir: string, owner: number): Error =>
  new Error(
    `${dir} belongs to user number ${owner}; this is user number ${process.getuid?.()}. ` +
      'Start as that user (or as root), or give the folder to this user with chown -R.',
  )

/** The `code` of a system error, such as ENOENT. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** A name next to `path` that no other start uses, for work that is renamed into place when it is whole. */
export const besideOf = (path: string): string => `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
