import type { Measured } from './load.ts'
import type { Practice } from './practice.ts'
import type { Server } from './server.ts'

/** One line of the table. */
export interface Row {
  work: string
  /** The same work by others on the same kind of machine, measured before: see docs/decisions. */
  field: string
  aim: string
  result: string
  /** By how much an aim was missed stands in `result`. */
  isMet: boolean
  figures: Record<string, number>
}

export interface Bench {
  server: Server
  practice: Practice
  /** Cookie headers of people who signed in. */
  desk: string
  director: string
  provider: string
  /** Seconds of measuring for each row, after a warm-up of one. */
  seconds: number
}

export const CONNECTIONS = 8
const two = (n: number) => n.toPrecision(n >= 1 ? 3 : 2)

/** `2 345/s · 0.52 ms CPU (0.31 server + 0.21 database)` */
export const rateAndCpu = ({ perSecond, serverMsEach, databaseMsEach }: Pick<Measured, 'perSecond' | 'serverMsEach' | 'databaseMsEach'>): string =>
  `${Math.round(perSecond)}/s · ${two(serverMsEach + databaseMsEach)} ms CPU (${two(serverMsEach)} server + ${two(databaseMsEach)} database)`

export const figuresOf = ({ perSecond, serverMsEach, databaseMsEach, p50Ms, p95Ms, p99Ms, answers }: Measured) => ({
  perSecond, cpuMsEach: serverMsEach + databaseMsEach, serverMsEach, databaseMsEach, p50Ms, p95Ms, p99Ms, answers,
})
