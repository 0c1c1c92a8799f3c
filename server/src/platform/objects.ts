import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { directorySync } from './directory-sync.ts'
import { durableFolders } from './durable-folders.ts'

/**
 * Where sealed bytes lie: photos, signatures, documents. Callers pass ciphertext only; nothing here seals or opens, and
 * keys are opaque ids (`prc_…/obj_…`), never names. Keys match `[a-z0-9_-]+` joined by `/`, at most 200 characters;
 * others are refused with a `RangeError`.
 */
export interface Objects {
  /** Resolves once the object would survive `kill -9` and a power cut. An object of the same key is replaced whole. */
  put(key: string, bytes: Buffer): Promise<void>
  /** The whole object, or undefined when there is none. */
  get(key: string): Promise<Buffer | undefined>
  /** Resolves once the object is durably gone; an absent one is no error. */
  delete(key: string): Promise<void>
  /** All keys that begin with `prefix` (`''` for every one), in no order. What is put or deleted meanwhile may show. */
  keys(prefix: string): AsyncIterable<string>
}

/**
 * Objects as files (0600, in folders of 0700) below `dir`, which is made when absent. `prc_1/obj_abcd` lies at
 * `prc_1/=d/=c/obj_abcd`: two folder levels by the random end of the key keep folders small. One server owns `dir`.
 * Throws the file system's error when `dir` cannot be made or read.
 */
export const directoryObjects = (dir: string): Objects => {
  const root = resolve(dir)
  const incoming = join(root, incomingFolder)
  prepare(root, incoming)
  const sync = directorySync()
  const folders = durableFolders(root, sync)
  let puts = 0

  return {
    async put(key, bytes) {
      const path = fileOf(root, key)
      const arriving = join(incoming, `${process.pid}.${processToken}.${(puts += 1)}`)
      try {
        await folders.ensure(dirname(path))
        await writeDurably(arriving, bytes)
        await rename(arriving, path)
        await sync(dirname(path))
      } catch (error) {
        // A full disk must not fill further, and a folder that someone removed must be made anew.
        folders.forget()
        await rm(arriving, { force: true })
        throw error
      }
    },
    async get(key) {
      return await unlessAbsent(readFile(fileOf(root, key)))
    },
    async delete(key) {
      const path = fileOf(root, key)
      await unlessAbsent(unlink(path))
      // Also when the file was gone: an earlier delete may have been cut off before its own sync.
      await unlessAbsent(sync(dirname(path)))
    },
    keys: (prefix) => keysBelow(root, prefix),
  }
}

const writeDurably = async (path: string, bytes: Buffer) => {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.datasync()
  } finally {
    await file.close()
  }
}

const keyShape = /^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/
const incomingFolder = '=incoming'

/** `=` is in no key, so folders of the fan-out can never be taken for a part of one. */
const fileOf = (dir: string, key: string) => {
  if (key.length > 200 || !keyShape.test(key)) throw new RangeError('An object key has [a-z0-9_-] and / only')
  const cut = key.lastIndexOf('/')
  const name = key.slice(cut + 1)
  const [outer, inner] = [name.at(-1) ?? '_', name.at(-2) ?? '_']
  return join(dir, key.slice(0, Math.max(cut, 0)), `=${outer}`, `=${inner}`, name)
}

async function* keysBelow(root: string, prefix: string) {
  if (!/^[a-z0-9_/-]*$/.test(prefix)) throw new RangeError('An object key has [a-z0-9_-] and / only')
  const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  for await (const key of keysIn(root, parent)) if (key.startsWith(prefix)) yield key
}

/** Folders of a key's own path nest before those of the fan-out; files lie only at the bottom of the latter. */
async function* keysIn(root: string, parent: string): AsyncGenerator<string> {
  for (const outer of await entries(join(root, parent))) {
    if (outer === incomingFolder) continue
    if (!outer.startsWith('=')) yield* keysIn(root, `${parent}${outer}/`)
    else
      for (const inner of await entries(join(root, parent, outer)))
        for (const name of await entries(join(root, parent, outer, inner))) yield `${parent}${name}`
  }
}

const entries = async (path: string) => (await unlessAbsent(readdir(path))) ?? []

/** Tells this process's own arrivals from those of a dead one that had the same pid, as in containers. */
const processToken = randomUUID()

const prepare = (root: string, incoming: string) => {
  mkdirSync(incoming, { recursive: true, mode: 0o700 })
  chmodSync(root, 0o700)
  for (const name of readdirSync(incoming)) if (isLeftover(name)) rmSync(join(incoming, name))
}

/** A crashed put leaves its arriving file. Those of a living process stay: during a restart it may be finishing. */
const isLeftover = (name: string) => {
  const [pid, token] = name.split('.')
  if (Number(pid) === process.pid) return token !== processToken
  return !isAlive(Number(pid))
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

const unlessAbsent = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
