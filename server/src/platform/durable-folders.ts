import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Folders known to be there for good. Bounded: beyond this many the knowledge is dropped and gathered anew. */
const known = 20_000

/**
 * Makes folders (0700) below `root`, and each one's entry in its parent durable. Also for a folder that is there
 * already, once per process: who made it may have died before its sync.
 */
export const durableFolders = (root: string, sync: (path: string) => Promise<void>) => {
  const folders = new Map<string, Promise<void>>()

  const make = async (path: string) => {
    if (path !== root) await ensure(dirname(path))
    await mkdir(path, { mode: 0o700 }).catch(unlessThere)
    await sync(dirname(path))
  }
  const ensure = (path: string): Promise<void> => {
    const making = folders.get(path)
    if (making !== undefined) return making
    if (folders.size >= known) folders.clear()
    const made = make(path)
    folders.set(path, made)
    return made
  }
  return { ensure, forget: () => folders.clear() }
}

const unlessThere = (error: unknown) => {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}
