import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { destroyPostgres, startPostgres, type EmbeddedPostgres } from '../src/platform/embedded-postgres.ts'

/** How a test reaches the server of this run, as its superuser: `inject('postgres')`. */
export type TestPostgres = Pick<EmbeddedPostgres, 'host' | 'port' | 'user' | 'password' | 'data' | 'native'>

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestPostgres
  }
}

/** For throw-away databases only: a power cut may cost all of them. */
const IN_A_HURRY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: 200,
  max_wal_size: '4GB',
}

const PREFIX = 'nacre-test-run-'

/** One PostgreSQL for the whole run, in a temporary directory; each test file makes databases of its own in it. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  await sweep()
  const dataDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const { host, port, user, password, data, native } = await startPostgres({ dataDir, settings: IN_A_HURRY })
  project.provide('postgres', { host, port, user, password, data, native })
  return () => remove(dataDir)
}

const remove = async (dataDir: string): Promise<void> => {
  await destroyPostgres(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
}

/** A run that was killed could not stop its server. */
const sweep = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name)
    const isOurs = statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()
    if (isOurs && !isAlive(Number.parseInt(name.slice(PREFIX.length), 10))) await remove(folder)
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
