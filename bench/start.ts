import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from './row.ts'
import { startServer } from './server.ts'

const TIMES = 3
const IDLE_AFTER_MS = 5_000
const AIM = { existingMs: 1_500, emptyMs: 6_000, memoryMb: 250 }
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

/** `nacre serve`, from the start of its process to its first answer; and what everything takes in memory when nobody does anything. */
export const measureStart = async (scratch: string, dataDir: string, port: number): Promise<Row[]> => {
  const existing: number[] = []
  let idleMb = 0
  for (let i = 0; i < TIMES; i++) {
    const server = await startServer({ dataDir, port })
    existing.push(server.startedInMs)
    if (i === TIMES - 1) {
      await sleep(IDLE_AFTER_MS)
      idleMb = server.memoryMb()
    }
    await server.stop()
  }
  const fresh = await startServer({ dataDir: join(scratch, 'empty'), port })
  await fresh.stop()
  const existingMs = median(existing)
  const row = (work: string, field: string, aim: string, result: string, isMet: boolean, figures: Record<string, number>): Row => ({ work, field, aim, result, isMet, figures })
  return [
    row('start on existing data to the first answer', 'Medplum 5.1 s', '≤ 1.5 s', seconds(existingMs), existingMs <= AIM.existingMs, { existingMs }),
    row('empty to ready', 'Medplum 91 s', '≤ 6 s after install', seconds(fresh.startedInMs), fresh.startedInMs <= AIM.emptyMs, { emptyMs: fresh.startedInMs }),
    row('idle memory of everything (PSS, database included)', 'Medplum 366 MB + Redis + PostgreSQL', '≤ 250 MB', `${Math.round(idleMb)} MB`, idleMb <= AIM.memoryMb, { idleMb }),
  ]
}
