import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'

/** Clock ticks a second of /proc/<pid>/stat: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

const stat = (pid: number): string[] | undefined => {
  try {
    // The name stands in parentheses and can hold anything: what follows the last one is counted from the state.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
  } catch {
    return undefined
  }
}
const worksIn = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

/** The processes of an embedded PostgreSQL: all of them work inside its data folder. */
export const postgresPids = (dataDir: string): number[] => {
  const home = realpathSync(dataDir)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const folder = worksIn(pid)
      return folder !== undefined && folder.startsWith(`${home}/`) && pid !== process.pid
    })
}

/** Processor time of a process so far, in milliseconds: its own and that of children that have ended. */
const cpuMs = (pid: number): number => {
  const fields = stat(pid)
  const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields?.[i] ?? 0), 0)
  return (ticks * 1000) / TICKS_PER_SECOND
}

export interface Cpu {
  serverMs: number
  databaseMs: number
}
export const cpuOf = (serverPid: number, dataDir: string): Cpu => {
  const database = postgresPids(dataDir)
  if (stat(serverPid) === undefined || database.length === 0) throw new Error('the server or its database is not running where it was started')
  return { serverMs: cpuMs(serverPid), databaseMs: database.reduce((sum, pid) => sum + cpuMs(pid), 0) }
}
export const cpuBetween = (before: Cpu, after: Cpu): Cpu => ({
  serverMs: after.serverMs - before.serverMs,
  databaseMs: after.databaseMs - before.databaseMs,
})

/** Memory that these processes use, in MB: what they share is counted once, in parts (PSS). */
export const memoryMb = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0), 0) / 1024
