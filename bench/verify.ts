import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { verify } from '../verify/nacre-verify.mjs'
import { startSystem } from '../server/src/start.ts'
import { configOf } from './practice.ts'
import type { Bench, Row } from './row.ts'

const VERIFIER = fileURLToPath(new URL('../verify/nacre-verify.mjs', import.meta.url))
const AIM_PER_SECOND = 100_000

/** The verifier on an export of everything that the rows before have left in the trail. */
export const measureVerify = async ({ server, practice }: Bench, scratch: string): Promise<Row> => {
  const folder = join(scratch, 'trail')
  const { app, stop } = await startSystem(configOf(server.dataDir))
  try {
    await app.exportTrail(practice.practiceId, folder)
  } finally {
    await stop('not its database')
  }
  const paths = { eventsPath: join(folder, 'events.ndjson'), headsPath: join(folder, 'heads.ndjson'), publishedHeadsPath: join(folder, 'published-heads.ndjson') }
  const started = performance.now()
  const { verified, events } = await verify({ ...paths, keysPem: readFileSync(join(folder, 'public-key.pem'), 'utf8') })
  const seconds = (performance.now() - started) / 1000
  const again = performance.now()
  // As an auditor runs it: exit code 0 or this throws.
  await promisify(execFile)(process.execPath, [VERIFIER, folder, '--heads', paths.publishedHeadsPath])
  const asProcessSeconds = (performance.now() - again) / 1000
  rmSync(folder, { recursive: true, force: true })
  const perSecond = events / seconds
  return {
    work: 'verify the trail',
    field: 'nobody can',
    aim: '≥ 100,000 events/s',
    result: `${Math.round(perSecond).toLocaleString('en')} events/s (${events.toLocaleString('en')} in ${seconds.toFixed(2)} s; ${asProcessSeconds.toFixed(2)} s as a command)${verified ? '' : ' · NOT VERIFIED'}`,
    isMet: verified && perSecond >= AIM_PER_SECOND,
    figures: { perSecond, events, seconds, asProcessSeconds },
  }
}
