import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cpuBetween, cpuOf, type Cpu } from './processes.ts'

export interface LoadOrder {
  port: number
  connections: number
  warmUpSeconds: number
  /** How long to measure; without it until `most` were sent, the requests are used up, or the server is gone. */
  seconds?: number
  most?: number
  requests: { method: string; path: string; headers?: Record<string, string>; body?: string; bodyFile?: string }[]
  /** `again and again`: spread over the list; `once`: from first to last, each one time. */
  inTurn: 'again and again' | 'once'
  /** Changes the source address after so many answers: the rate limits count by address. */
  answersPerAddress?: number
  /** Where to begin: addresses of the load before have used up what they may. Set by `load`. */
  firstAddress?: number
  keepIds?: true
  untilKilled?: true
}
export interface LoadResult {
  answers: number
  seconds: number
  perSecond: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
  statuses: Record<number, number>
  /** `x-request-id` of the answers with status 200, when asked for. */
  ids: string[]
}
export interface Measured extends LoadResult {
  /** Processor time for each answer. */
  serverMsEach: number
  databaseMsEach: number
}

/** More than one load uses; 127.0.0.0/8 has room for many. */
const ADDRESSES_EACH = 4_000
let addresses = 0

const CLIENT = fileURLToPath(new URL('load-client.ts', import.meta.url))

/** Runs a load and measures what it costs the server and the database. `onBegun` is called when the measured time starts. */
export const load = (order: LoadOrder, server: { pid: number; dataDir: string }, onBegun: () => void = () => {}): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const child = fork(CLIENT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
    let before: Cpu | undefined
    let after: Cpu | undefined
    let result: LoadResult | undefined
    const now = () => cpuOf(server.pid, server.dataDir)
    const take = (message: 'begun' | 'ended' | LoadResult) => {
      if (message === 'begun') {
        before = now()
        onBegun()
      } else if (message === 'ended') after = now()
      else {
        if (!order.untilKilled) after ??= now()
        result = message
      }
    }
    child.on('message', (message: 'begun' | 'ended' | LoadResult) => {
      try {
        take(message)
      } catch (error) {
        child.kill()
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
    child.on('error', reject)
    child.on('exit', () => {
      if (!result) return reject(new Error('the load could not be run'))
      const used = before && after ? cpuBetween(before, after) : { serverMs: 0, databaseMs: 0 }
      resolve({ ...result, serverMsEach: used.serverMs / result.answers, databaseMsEach: used.databaseMs / result.answers })
    })
    child.send({ ...order, firstAddress: addresses })
    addresses += ADDRESSES_EACH
  })

/** Throws when answers were not what the row is about: a fast refusal is no result. */
export const allAre = (status: number, { statuses }: LoadResult): void => {
  const others = Object.entries(statuses).filter(([s]) => Number(s) !== status)
  if (others.length > 0) throw new Error(`answers that were not ${status}: ${others.map(([s, n]) => `${n} × ${s}`).join(', ')}`)
}
