import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { newId } from '#kernel/id.ts'
import type { Actor } from '#kernel/policy.ts'
import { spa, type Spa } from '#test/harness.ts'
import { readConfig, type Config } from './config.ts'
import { demoPractice, does, instantAt, type DemoPractice } from './demo-hands.ts'
import { ensureDemo } from './demo.ts'
import { startSystem, type Started } from './start.ts'

const ONE_DAY_MS = 86_400_000
const Day = z.object({ visits: z.array(z.object({ id: z.string(), patientId: z.string(), patientName: z.string(), state: z.string(), startsAt: z.string() })) })
const Chart = z.object({
  alerts: z.array(z.object({ text: z.string() })),
  notes: z.array(z.object({ id: z.string(), state: z.string(), doses: z.array(z.object({ lot: z.string(), total: z.number() })) })),
  visits: z.array(z.object({ startsAt: z.string() })),
  consents: z.array(z.object({ kind: z.string(), state: z.string() })),
})
const Photos = z.array(z.object({ state: z.string(), takenAt: z.string() }))
const Forms = z.array(z.object({ state: z.string() }))
const Sales = z.array(z.object({ number: z.number().optional(), state: z.string(), totalCents: z.number() }))

let other: Spa
let config: Config
let system: Started
let said: string[]

const start = async () => {
  system = await startSystem(config)
  said = []
  await ensureDemo(system.app, config, (line) => said.push(line))
}
const restart = async () => {
  await system.stop('and its database')
  await start()
}
const practice = async (): Promise<DemoPractice> => {
  const found = await demoPractice(system.app, await system.app.onlyPractice(), ['Noor Haddad'])
  if (!found) throw new Error('there is no demo')
  return found
}
const dayOf = async ({ app, desk, locationId, today }: DemoPractice) => (await does(app, desk, 'calendar.day', { locationId, date: today.toString() }, Day)).visits
const visitOf = async (of: DemoPractice, name: string) => {
  const visit = (await dayOf(of)).find((v) => v.patientName === name)
  if (!visit) throw new Error(`${name} has no visit today`)
  return visit
}
const noorOf = ({ providers: [noor] }: DemoPractice): Actor => {
  if (!noor) throw new Error('there is no provider')
  return noor
}

beforeAll(async () => {
  // Its logins are the ones that this test signs in with; its databases are its own.
  other = await spa()
  const { host, port, user, password } = inject('postgres')
  const [work, vault] = [newId('demo'), newId('demovault')]
  for (const name of [work, vault]) await other.owner.query(`create database ${name}`)
  const url = (database: string, as: string, word: string) => `postgres:///${database}?${String(new URLSearchParams({ host, port: String(port), user: as, password: word }))}`
  config = readConfig({
    DATA_DIR: mkdtempSync(join(tmpdir(), 'nacre-demo-test-')),
    PUBLIC_URL: 'http://localhost:8080',
    LOG_LEVEL: 'silent',
    DATABASE_URL: url(work, 'nacre_app', 'app'),
    MIGRATION_DATABASE_URL: url(work, user, password),
    TRAIL_DATABASE_URL: url(work, 'nacre_trail', 'trail'),
    VAULT_DATABASE_URL: url(vault, 'nacre_vault', 'vault'),
    VAULT_MIGRATION_DATABASE_URL: url(vault, user, password),
  })
  await start()
})
afterAll(async () => {
  vi.useRealTimers()
  await system.stop('and its database')
  rmSync(config.dataDir, { recursive: true, force: true })
  await other.close()
})

it('begins with a day at work: twelve visits, some of them under way, forms filled in, begun and only sent', async () => {
  const of = await practice()
  const states = (await dayOf(of)).map((v) => v.state)
  expect(states).toHaveLength(12)
  expect(new Set(states)).toEqual(new Set(['booked', 'checked-in', 'in-treatment', 'done']))
  await system.app.jobs.runDue()
  const forms = (await does(of.app, of.desk, 'forms.day', { locationId: of.locationId, date: of.today.toString() }, Forms)).map((f) => f.state)
  expect(Map.groupBy(forms, (state) => state).get('done')).toHaveLength(9)
  expect(forms.filter((state) => state === 'sent')).toHaveLength(2)
  expect(forms.filter((state) => state === 'started')).toHaveLength(1)
})

it('shows what a provider must know: a lidocaine allergy before a filler, a pregnancy before a neurotoxin', async () => {
  const of = await practice()
  for (const [name, words] of [['Hannah Lindgren', /lidocaine/], ['Priya Raman', /Pregnant/], ['Elena Vasquez', /aspirin/]] as const) {
    const { patientId } = await visitOf(of, name)
    const { alerts } = await does(of.app, noorOf(of), 'chart.open', { patientId }, Chart)
    expect(alerts.map((a) => a.text).join('\n'), name).toMatch(words)
  }
})

it('has a treatment of four months ago: a signed note with doses and lot, photos before and two weeks after, a paid sale', async () => {
  const of = await practice()
  const { patientId } = await visitOf(of, 'Elena Vasquez')
  const { notes, visits, consents } = await does(of.app, noorOf(of), 'chart.open', { patientId }, Chart)
  expect(notes).toMatchObject([{ state: 'signed', doses: [{ lot: 'C7218C3', total: 54 }] }])
  expect(consents).toContainEqual(expect.objectContaining({ kind: 'clinical-photography', state: 'holds' }))
  await system.app.jobs.runDue()
  const photos = await does(of.app, noorOf(of), 'photo.list', { patientId }, Photos)
  expect(photos.map((p) => p.state)).toEqual(['ready', 'ready'])
  // By the camera's clock, minutes after those visits began.
  const treated = visits.map((v) => v.startsAt).toSorted()[0] ?? ''
  const daysOf = photos.map((p) => (Date.parse(p.takenAt) - Date.parse(treated)) / ONE_DAY_MS)
  expect(daysOf.map(Math.round)).toEqual([14, 0])
  const sales = await does(of.app, of.desk, 'sale.list', { patientId }, Sales)
  expect(sales).toMatchObject([{ state: 'paid', totalCents: 62_000 }])
})

it('writes its logins where only their owner can read them, and says one for each role, the address and what to try', () => {
  expect(statSync(join(config.dataDir, 'demo-logins.json')).mode & 0o777).toBe(0o600)
  const text = said.join('\n')
  for (const words of ['http://localhost:8080', '/book', 'owner@demo.test', 'desk@demo.test', 'provider@demo.test', 'director@demo.test', 'Elena Vasquez']) expect(text).toContain(words)
  expect(text).not.toContain('provider2@demo.test')
})

it('changes nothing when it is started again on the same day, not even what was cancelled', async () => {
  const of = await practice()
  const { id: appointmentId, patientId } = await visitOf(of, 'Talia Rosen')
  await does(of.app, of.desk, 'appointment.cancel', { appointmentId, patientId }, z.unknown())
  const before = await dayOf(of)
  await restart()
  expect(await dayOf(await practice())).toEqual(before)
  expect(said.join('\n')).toContain('desk@demo.test')
})

it('has a live day again when it is started on a later day, with the same patients, and leaves the day before as it was', async () => {
  const first = await practice()
  const yesterday = await dayOf(first)
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(instantAt(first, first.today.add({ days: 1 }), '08:30')) })
  await restart()
  const of = await practice()
  const today = await dayOf(of)
  expect(today).toHaveLength(12)
  expect(today.map((v) => v.patientId)).toEqual(expect.arrayContaining(yesterday.map((v) => v.patientId)))
  expect((await visitOf(of, 'Elena Vasquez')).state).toBe('in-treatment')
  const { visits } = await does(of.app, of.desk, 'calendar.day', { locationId: of.locationId, date: first.today.toString() }, Day)
  expect(visits).toEqual(yesterday)
  vi.useRealTimers()
})

it('starts a practice that is no demo as it is', async () => {
  const lines: string[] = []
  const dataDir = mkdtempSync(join(config.dataDir, 'real-'))
  writeFileSync(join(dataDir, 'something'), '')
  await ensureDemo(other, { dataDir, publicUrl: 'http://localhost:8080' }, (line) => lines.push(line))
  expect(lines).toEqual(['This data directory holds a practice that is no demo; starting it as it is.'])
})
