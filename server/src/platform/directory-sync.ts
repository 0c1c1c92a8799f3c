import { open } from 'node:fs/promises'

/**
 * Makes names in a directory durable (fsync). Callers that arrive while a sync of the same directory runs share the one
 * that follows: theirs may have come too late for the running one. Rejects with the file system's error.
 */
export const directorySync = () => {
  const running = new Map<string, Promise<void>>()
  const next = new Map<string, Promise<void>>()

  const begin = (path: string) => {
    next.delete(path)
    const run = sync(path).finally(() => {
      if (running.get(path) === run) running.delete(path)
    })
    running.set(path, run)
    return run
  }

  return (path: string): Promise<void> => {
    const queued = next.get(path)
    if (queued !== undefined) return queued
    const before = running.get(path) ?? Promise.resolve()
    const turn = before.then(
      () => begin(path),
      () => begin(path),
    )
    next.set(path, turn)
    return turn
  }
}

const sync = async (path: string) => {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
