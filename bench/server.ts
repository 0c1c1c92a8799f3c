import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { memoryMb, postgresPids } from './processes.ts'

const MAIN = fileURLToPath(new URL('../server/src/main.ts', import.meta.url))
const WITHOUT_JOBS = fileURLToPath(new URL('server-without-jobs.ts', import.meta.url))
const POLL_MS = 5
const READY_WITHIN_MS = 60_000

export interface Server {
  pid: number
  port: number
  dataDir: string
  /** From the start of the process to the first answer of /readyz. */
  startedInMs: number
  memoryMb: () => number
  stop: () => Promise<void>
  /** kill -9, of the server and of every process of its database. */
  kill: () => Promise<void>
}

const isReady = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const req = request({ port, host: '127.0.0.1', path: '/readyz' }, (res) => {
      res.resume()
      resolve(res.statusCode === 200)
    })
    req.on('error', () => resolve(false))
    req.end()
  })

const ended = (child: ChildProcess) => (child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit'))

export interface StartOptions {
  dataDir: string
  port: number
  /** `without jobs`: nothing runs beside requests, so that a row measures them alone. */
  as?: 'nacre serve' | 'without jobs'
  nodeOptions?: readonly string[]
}

/** Starts Nacre as its users do, in a process of its own with its embedded database. */
export const startServer = async ({ dataDir, port, as = 'nacre serve', nodeOptions = [] }: StartOptions): Promise<Server> => {
  const started = performance.now()
  const program = as === 'nacre serve' ? [MAIN, 'serve'] : [WITHOUT_JOBS]
  const child = spawn(process.execPath, [...nodeOptions, ...program], {
    // Each request is logged, as in production; the log goes nowhere.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, NODE_NO_WARNINGS: '1' },
  })
  const { pid } = child
  if (pid === undefined) throw new Error('the server could not be started')
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    if (performance.now() - started > READY_WITHIN_MS) throw new Error('the server did not become ready')
    await sleep(POLL_MS)
  }
  const startedInMs = performance.now() - started
  return {
    pid,
    port,
    dataDir,
    startedInMs,
    memoryMb: () => memoryMb([pid, ...postgresPids(dataDir)]),
    async stop() {
      child.kill('SIGTERM')
      await ended(child)
    },
    async kill() {
      for (const one of [pid, ...postgresPids(dataDir)]) {
        try {
          process.kill(one, 'SIGKILL')
        } catch {
          // It ended with its postmaster.
        }
      }
      await ended(child)
    },
  }
}
