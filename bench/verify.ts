import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startSystem } from '../server/src/start.ts'
import { configOf } from './practice.ts'
import type { Bench, Row } from './row.ts'

const VERIFIER = fileURLToPath(new URL('../verify/nacre-verify.mjs', import.meta.url))
const AIM_PER_SECOND = 100_000

interface Answer {
  verified: boolean
  events: number
}

/** The verifier as an auditor runs it: a process of its own, on an export of everything that the rows before have left in the trail. */
export const measureVerify = async ({ server, practice }: Bench, scratch: string): Promise<Row> => {
  const folder = join(scratch, 'trail')
  const { app, stop } = await startSystem(configOf(server.dataDir))
  try {
    await app.exportTrail(practice.practiceId, folder)
  } finally {
    await stop('not its database')
  }
  const started = performance.now()
  const { stdout } = await promisify(execFile)(process.execPath, [VERIFIER, folder, '--heads', join(folder, 'published-heads.ndjson'), '--json'], { maxBuffer: 64 * 1024 * 1024 })
  const seconds = (performance.now() - started) / 1000
  rmSync(folder, { recursive: true, force: true })
  const { verified, events } = JSON.parse(stdout) as Answer
  const perSecond = events / seconds
  return {
    work: 'verify the trail',
    field: 'nobody can',
    aim: '≥ 100,000 events/s',
    result: `${Math.round(perSecond).toLocaleString('en')} events/s (${events.toLocaleString('en')} in ${seconds.toFixed(2)} s, start of the process included)${verified ? '' : ' · NOT VERIFIED'}`,
    isMet: verified && perSecond >= AIM_PER_SECOND,
    figures: { perSecond, events, seconds },
  }
}
