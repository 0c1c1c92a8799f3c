import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import { RECORDS } from '#kernel/record.ts'
import { operator } from '#kernel/roles.ts'
import { location, LocationId } from '#schema/practices'
import { user } from '#schema/identity'
import { spa, type Spa } from './harness.ts'

let s: Spa
beforeAll(async () => {
  s = await spa()
})
afterAll(() => s.close())

const everything = () => operator(s.practiceId, 'test', ['test.places', 'test.rename', 'test.team'])
const common = { purpose: 'operations', phi: 'none', patient: () => '-', allow: roleAlone, output: z.array(z.string()) } as const

const places = action({
  ...common, name: 'test.places', does: 'list the places', trail: 'refusals', input: z.object({}),
  run: async (tx) => (await tx.list(location, {}, { orderBy: 'name' })).map((l) => l.name),
})
const rename = action({
  ...common, name: 'test.rename', does: 'rename a place', input: z.object({ locationId: LocationId, name: z.string(), ending: z.enum(['keep', 'fail']) }),
  run: async (tx, { locationId, name, ending }) => {
    await tx.list(location, {}, { orderBy: 'name' })
    await tx.change(location, { id: locationId }, { name })
    const seen = (await tx.list(location, {}, { orderBy: 'name' })).map((l) => l.name)
    if (ending === 'fail') throw new Error(`saw ${seen.join()}`)
    return seen
  },
})
const team = action({
  ...common, name: 'test.team', does: 'list the team', input: z.object({}),
  run: async (tx) => (await tx.list(user, {}, { open: ['name'] })).map((u) => u.name),
})
const list = () => s.perform(places, everything(), {})

it('settings are read from memory until one of them changes', async () => {
  const before = await list()
  // Changed behind the back of the trigger, as nobody can but the owner of the database: what is answered is what was remembered.
  await s.owner.query(`alter table location disable trigger new_edition`)
  await s.owner.query(`update location set address = address, name = 'Unnoticed' where id = $1`, [s.locationId])
  await s.owner.query(`alter table location enable trigger new_edition`)
  expect(await list()).toEqual(before)
})

it('a setting that somebody else changed, in another process or straight in the database, holds from the next request on', async () => {
  await list()
  for (const name of ['Renamed', 'Renamed again']) {
    await s.owner.query('update location set name = $1 where id = $2', [name, s.locationId])
    expect(await list()).toContain(name)
  }
  await s.owner.query(`insert into location (practice_id, id, name, address, time_zone) select practice_id, 'loc_x', 'Another', '', 'UTC' from location limit 1`)
  expect(await list()).toContain('Another')
  await s.owner.query(`delete from location where id = 'loc_x'`)
  expect(await list()).not.toContain('Another')
})

it('an action sees at once what it changed itself, and nobody sees what was undone', async () => {
  const before = await list()
  await expect(s.perform(rename, everything(), { locationId: s.locationId, name: 'Undone', ending: 'fail' })).rejects.toThrow('saw Undone')
  expect(await list()).toEqual(before)
  expect(await s.perform(rename, everything(), { locationId: s.locationId, name: 'Kept', ending: 'keep' })).toEqual(['Kept'])
  expect(await list()).toEqual(['Kept'])
})

it('what is opened of the settings is on record each time, also when it came from memory', async () => {
  await s.person(['front-desk'])
  const opened = () => s.owner.query(`select count(*)::int as n from audit.opened o join audit.event e on e.id = o.event_id where e.action = 'test.team' and o.what like '%app_user%'`)
  for (const n of [1, 2, 3]) {
    await s.perform(team, everything(), {})
    expect((await opened()).rows).toEqual([{ n }])
  }
})

it('exactly the records that are declared as settings give a new edition, and none of them is about a patient', async () => {
  const { rows } = await s.owner.query<{ table: string }>(`select tgrelid::regclass::text as table from pg_trigger where tgname = 'new_edition'`)
  const declared = [...RECORDS.values()].filter((rec) => rec.isSettings)
  expect(declared.map((rec) => rec.table).toSorted()).toEqual(rows.map((r) => r.table).toSorted())
  expect(declared.filter((rec) => rec.aboutPatient)).toEqual([])
})
