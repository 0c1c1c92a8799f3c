import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '#kernel/id.ts'
import { RECORDS } from '#kernel/record.ts'
import { ROLES } from '#kernel/roles.ts'
import type { Route } from '#kernel/route.ts'
import { addLocation } from '#modules/practices'
import { ROUTES } from '../src/app.ts'
import { spa, type Spa } from './harness.ts'
import { leavesOf, prefixOf, schemaOf, valueOf, type Leaf, type Path } from './inputs.ts'
import { makePractice, makeWorld, type World } from './world.ts'

/**
 * The probe: every route there is, with the session of every role and of a patient's link, is given ids of another practice, another
 * location, another patient, and hostile text. It derives from the route table, so that a new route is probed without a line here.
 */
type Relation = 'another practice' | 'another location' | 'another patient'
interface Caller {
  role: string
  cookie?: string
  grants: ReadonlySet<string>
}

let s: Spa
let own: World
let worlds: Record<Relation, World>
let callers: Caller[]
let link: () => Promise<string>

const PHOTO = readFileSync('server/test/fixtures/photos/orientation-1.jpg')
const STAFF = [...ROLES.keys()].filter((role) => role !== 'public' && role !== 'link')

beforeAll(async () => {
  s = await spa()
  const { id: there } = await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '2 Side St', timeZone: 'America/New_York' })
  const staff = []
  for (const role of STAFF) staff.push({ role, grants: new Set(ROLES.get(role)?.actions), ...(await s.person([role], { isProvider: role === 'provider' })) })
  const usr = staff.find(({ role }) => role === 'provider')?.id ?? ''
  const { practiceId } = s
  const other = await makePractice(s, 'Zorblax')
  own = await makeWorld(s, { words: 'Ownwords', practiceId, given: { loc: s.locationId, usr }, more: { link_session: { token: 'ownlinktoken' } } })
  const later = (hours: number) => ({ appointment: { startsAt: new Date(Date.now() + (48 + hours) * 3_600_000).toISOString(), endsAt: new Date(Date.now() + (49 + hours) * 3_600_000).toISOString() } })
  worlds = {
    'another practice': await makeWorld(s, { words: 'Zorblax', practiceId: other.practiceId, given: { loc: other.locationId } }),
    'another location': await makeWorld(s, { words: 'Quuxify', practiceId, given: { loc: there, usr, rbk: own.ids.get('rbk') ?? '' }, more: later(0) }),
    'another patient': await makeWorld(s, { words: 'Wibbleton', practiceId, given: { loc: s.locationId, usr, rbk: own.ids.get('rbk') ?? '' }, more: later(2) }),
  }
  callers = [
    ...staff,
    { role: 'link', cookie: `nacre-link=${practiceId}.ownlinktoken`, grants: new Set(ROLES.get('link')?.actions) },
    { role: 'public', grants: new Set(ROLES.get('public')?.actions) },
  ]
})
afterAll(() => s.close())

const inputOf = ({ action: { input }, body }: Route) => {
  const schema = schemaOf(input)
  return body === 'bytes' ? { ...schema, properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'bytes')) } : schema
}

let asked = 0
/** As a browser on this site would send it, from an address of its own, so that no limit of requests hides an answer. */
const send = async (route: Route, { cookie }: Pick<Caller, 'cookie'>, input: unknown, raw?: string) => {
  const fields = new Map<string, unknown>(Object.entries(Object(input)))
  const url = route.url.replace(/:(\w+)/g, (_, name: string) => {
    const value = fields.get(name)
    fields.delete(name)
    return encodeURIComponent(String(value))
  })
  const inQuery = route.method === 'GET' || route.method === 'DELETE' || route.body === 'bytes'
  const query = new URLSearchParams(inQuery ? [...fields].map(([name, value]) => [name, String(value)]) : [])
  asked++
  const answer = await s.server.inject({
    method: route.method,
    url: inQuery && query.size > 0 ? `${url}?${query}` : url,
    remoteAddress: `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`,
    headers: { ...(cookie ? { cookie } : {}), ...(inQuery && route.body !== 'bytes' ? {} : { 'content-type': route.body === 'bytes' ? 'image/jpeg' : 'application/json' }) },
    ...(route.body === 'bytes' ? { payload: PHOTO } : inQuery ? {} : { payload: raw ?? JSON.stringify(Object.fromEntries(fields)) }),
  })
  return { status: answer.statusCode, body: answer.body, request: String(answer.headers['x-request-id']) }
}
type Answer = Awaited<ReturnType<typeof send>>

const doorOf = (role: string) => (role === 'link' || role === 'public' ? role : 'staff')
const recordOf = (prefix: string) => [...RECORDS.values()].find((rec) => rec.prefix === prefix)
const isHers = (prefix: string) => prefix === 'pat' || recordOf(prefix)?.aboutPatient !== undefined

/** Which ids of an input are swapped for those of the other world: all that belong to it at once, and each alone. */
const swaps = (leaves: readonly Leaf[], relation: Relation, role: string): Path[][] => {
  const swappable = leaves.filter(({ schema }) => {
    const prefix = prefixOf(schema)
    if (prefix === undefined) return false
    if (relation === 'another practice') return true
    if (relation === 'another location') return prefix === 'loc' || isHers(prefix)
    // A person of the team may ask for any patient of her place, but not for a row of one under the name of another.
    return isHers(prefix) && (role === 'link' || prefix !== 'pat')
  })
  const paths = swappable.map(({ path }) => path)
  return paths.length > 1 ? [paths, ...paths.map((path) => [path])] : paths.length === 1 ? [paths] : []
}

/** Nothing of a patient's record, or books that are kept for the practice as a whole by those who answer for all of it. */
const ABOVE_LOCATIONS = /^(trail|outbox|compliance|review)\./
const isAboveLocations = (route: Route, input: unknown) => {
  if (ABOVE_LOCATIONS.test(route.action.name)) return true
  const parsed = route.action.input.safeParse(input)
  return parsed.success && route.action.patient(parsed.data, { kind: 'staff', id: '', practiceId: '', roles: [], grants: new Set(), places: [] }) === '-'
}

/** What can be told from an answer: without the reference, and without the ids that were sent. */
const shape = ({ status, body }: Answer, sent: readonly string[]) => {
  const told = sent.reduce((text, id) => text.replaceAll(id, '…'), body.replace(/"reference":"[^"]*"/, ''))
  return `${status} ${told}`
}

const rowsOf = async ({ practiceId, ids }: World, relation: Relation) => {
  const names = relation === 'another practice' ? [practiceId] : relation === 'another location' ? [ids.get('pat'), ids.get('loc')] : [ids.get('pat')]
  const { rows } = await s.owner.query<{ name: string }>(`select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`)
  const found: Record<string, string> = {}
  for (const { name } of rows) {
    const { rows: [one] } = await s.owner.query(`select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from ${name} t where t::text like any ($1)`, [names.map((n) => `%${n}%`)])
    found[name] = one.sum
  }
  return found
}

it.each(['another practice', 'another location', 'another patient'] as const)('no route, asked by anybody, shows or changes what belongs to %s, nor tells whether it exists', async (relation) => {
  const world = worlds[relation]
  const before = await rowsOf(world, relation)
  const refusals: string[] = []
  const faults: string[] = []
  let probed = 0
  for (const route of ROUTES) {
    const schema = inputOf(route)
    const leaves = leavesOf(schema)
    for (const caller of callers.filter(({ role }) => doorOf(role) === route.door)) {
      const all = swaps(leaves, relation, caller.role)
      for (const paths of caller.grants.has(route.action.name) ? all : all.slice(0, 1)) {
        const fill = (swapped: (prefix: string) => string) =>
          valueOf(schema, { which: 'all', words: own.words, ids: (prefix, path) => (paths.includes(path) ? swapped(prefix) : (own.ids.get(prefix) ?? newId(prefix))) })
        const invented = new Map<string, string>()
        const input = fill((prefix) => world.ids.get(prefix) ?? newId(prefix))
        if (relation === 'another location' && isAboveLocations(route, input)) continue
        const answer = await send(route, caller, input)
        const twin = await send(route, caller, fill((prefix) => {
          invented.set(prefix, invented.get(prefix) ?? newId(prefix))
          return invented.get(prefix) ?? ''
        }))
        probed++
        const where = `${route.method} ${route.url} as ${caller.role}, ${paths.join(' ')} of ${relation}: ${answer.status} ${answer.body.slice(0, 200)}`
        const told = shape(answer, [...world.ids.values()])
        const told2 = shape(twin, [...invented.values()])
        if (answer.status >= 500 || twin.status >= 500) faults.push(`a fault: ${where} / ${twin.status}`)
        if (answer.body.includes(world.words)) faults.push(`shows it: ${where}`)
        if (told !== told2) faults.push(`tells that it exists: ${where} ≠ ${told2.slice(0, 200)}`)
        if (answer.status >= 300 && ![401, 403, 404, 422].includes(answer.status)) faults.push(`answers oddly: ${where}`)
        if (answer.status === 403 || answer.status === 404) refusals.push(answer.request)
      }
    }
  }
  console.log(relation, probed, asked)
  expect(faults).toEqual([])
  expect(probed).toBeGreaterThan(20)
  expect(await rowsOf(world, relation)).toEqual(before)
  const { rows } = await s.owner.query(`select request from audit.event where request = any ($1) and outcome <> 'done'`, [refusals])
  const recorded = new Set(rows.map((r) => r.request))
  expect(refusals.filter((request) => !recorded.has(request))).toEqual([])
})
