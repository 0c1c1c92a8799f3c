/**
 * `npm run bench`: what we promise about speed, side by side with the raw limit, on this machine. Never a test: figures depend on who else
 * uses the machine. CPU milliseconds are steadier than rates.
 *
 *   npm run bench -- [--quick] [--people 100000] [--seconds 5] [--only card,find] [--json]
 *   npm run bench -- --quick --only find --profile     where the server's time goes in these rows (figures are slower then)
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureBooking } from './book.ts'
import { measureCard, measureCardParts } from './card.ts'
import { measureChart, measureSlots } from './chart.ts'
import { measureCreate } from './create.ts'
import { measureDay } from './day.ts'
import { measureDecide } from './decide.ts'
import { measureFind } from './find.ts'
import { importRow } from './import.ts'
import { measureKill } from './kill.ts'
import { measureLimit } from './limit.ts'
import { makePhoto, measurePhotoStore, measureRenditions } from './photo.ts'
import { profileIn, topOf, withinOf } from './profile.ts'
import { makePractice, type Practice } from './practice.ts'
import type { Bench, Row } from './row.ts'
import { startServer, type Server, type StartOptions } from './server.ts'
import { signIn } from './sign-in.ts'
import { measureStart } from './start.ts'
import { tableOf } from './table.ts'
import { measureVerify } from './verify.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, people: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' }, profile: { type: 'boolean' }, port: { type: 'string' } },
})
const people = Number(values.people ?? (values.quick ? 5_000 : 100_000))
const seconds = Number(values.seconds ?? (values.quick ? 2 : 5))
const port = Number(values.port ?? 8791)
const PARTS = ['start', 'decide', 'card', 'find', 'day', 'chart', 'slots', 'create', 'book', 'kill', 'verify', 'photo'] as const
type Part = (typeof PARTS)[number]
const only = values.only?.split(',')
const wanted = (part: Part) => only === undefined || only.includes(part)

const note = (text: string) => process.stderr.write(`${text}\n`)
const scratch = mkdtempSync(join(tmpdir(), 'nacre-bench-'))
// The database runs under an account of its own when this is run by root, and has to get to its files.
chmodSync(scratch, 0o711)
const dataDir = join(scratch, 'data')
const profiles = join(scratch, 'profiles')
const running = new Set<Server>()

const start = async (options: Omit<StartOptions, 'dataDir' | 'port'> = {}): Promise<Server> => {
  const nodeOptions = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : []
  const server = await startServer({ dataDir, port, nodeOptions, ...options })
  running.add(server)
  return server
}
/** A server that is ready, with people signed in at it. */
const open = async (practice: Practice, cookies?: Pick<Bench, 'desk' | 'director' | 'provider'>, options: Omit<StartOptions, 'dataDir' | 'port'> = {}): Promise<Bench> => {
  const server = await start(options)
  const signedIn = cookies ?? {
    desk: await signIn(port, practice.desk), director: await signIn(port, practice.director), provider: await signIn(port, practice.provider),
  }
  return { ...signedIn, server, practice, seconds }
}

const measure = async (): Promise<{ rows: Row[]; profile: string[] }> => {
  const rows: Row[] = []
  const add = (...more: Row[]) => {
    rows.push(...more)
    for (const row of more) note(`  ${row.isMet ? '✓' : '✗'} ${row.work}: ${row.result}`)
  }
  let profile: string[] = []
  note(`Making a practice and importing ${people.toLocaleString('en')} people …`)
  const practice = await makePractice(scratch, dataDir, people)
  add(importRow(practice))
  if (wanted('decide')) add(measureDecide())
  if (wanted('start')) add(...(await measureStart(scratch, dataDir, port)))

  let bench = await open(practice)
  const reopen = async (options: Omit<StartOptions, 'dataDir' | 'port'> = {}) => {
    running.delete(bench.server)
    bench = await open(practice, bench, options)
    return bench
  }
  if (wanted('card')) {
    add(...(await measureCard(bench, await measureLimit(bench))))
    const parts = await measureCardParts(bench, async () => void (await reopen()))
    add(...parts.rows)
    profile = parts.top
  }
  if (wanted('find')) add(await measureFind(bench))
  if (wanted('day')) add(await measureDay(bench))
  if (wanted('chart')) add(await measureChart(bench))
  if (wanted('slots')) add(await measureSlots(bench))
  if (wanted('create')) add(await measureCreate(bench))
  if (wanted('book')) add(...(await measureBooking(bench)))
  if (wanted('kill')) add(await measureKill(bench, () => reopen()))
  if (wanted('verify')) add(await measureVerify(bench, scratch))
  if (wanted('photo')) {
    const photo = await makePhoto()
    await bench.server.stop()
    add(await measurePhotoStore(await reopen({ as: 'without jobs' }), scratch, photo), await measureRenditions(photo))
  }
  await bench.server.stop()
  running.delete(bench.server)
  if (values.profile) profile = [...topOf(profileIn(profiles), 25), '', 'with what they call:', ...withinOf(profileIn(profiles), 40)]
  return { rows, profile }
}

const machine = () => ({
  processors: availableParallelism(),
  model: /model name\s*:\s*(.+)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  loadBefore: loadavg()[0] ?? 0,
})

const before = machine()
const startedAt = performance.now()
try {
  const { rows, profile } = await measure()
  const result = { at: new Date().toISOString(), people, seconds, machine: before, tookSeconds: Math.round((performance.now() - startedAt) / 1000), rows, profile }
  if (values.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
  else {
    const folder = fileURLToPath(new URL('results', import.meta.url))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(result, undefined, 2)}\n`)
    process.stdout.write(`${tableOf(rows)}\n`)
    if (profile.length > 0) process.stdout.write(`\nWhere the server's time goes${values.profile ? '' : ' for a card'}:\n${profile.map((line) => `  ${line}`).join('\n')}\n`)
    process.stdout.write(`\n${before.processors} × ${before.model}, load before ${before.loadBefore.toFixed(1)}, ${result.tookSeconds} s in all. As JSON: bench/results/latest.json\n`)
  }
} finally {
  for (const server of running) await server.kill()
  rmSync(scratch, { recursive: true, force: true })
}
