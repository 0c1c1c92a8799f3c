import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '#kernel/id.ts'
import { RECORDS } from '#kernel/record.ts'
import { grantsOf, STAFF_ROLES } from '#kernel/roles.ts'
import type { Door, Route } from '#kernel/route.ts'
import { addLocation } from '#modules/practices'
import { ROUTES } from '../src/app.ts'
import { spa, type Spa } from './harness.ts'
import { leavesOf, prefixOf, schemaOf, valueOf, withAt, type Leaf, type Path, type Which } from './inputs.ts'
import { makePractice, makeWorld, type World } from './world.ts'

/**
 * The probe: every route there is, with the session of every role, a patient's link and sign-in, is given ids of another practice, another
 * location, another patient, and hostile text. It derives from the route table, so that a new route is probed without a line here.
 */
type Relation = 'another practice' | 'another location' | 'another patient'
interface Caller {
  /** Of a person of the team. */
  id?: string
  role: string
  cookie?: string
  grants: ReadonlySet<string>
}

let s: Spa
let own: World
let worlds: Record<Relation, World>
let callers: Caller[]

/** Some ten seconds on a machine that has nothing else to do. */
const LONGEST_MS = 300_000
const PHOTO = readFileSync('server/test/fixtures/photos/orientation-1.jpg')

beforeAll(async () => {
  s = await spa()
  const { id: there } = await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '2 Side St', timeZone: 'America/New_York' })
  const staff = []
  for (const role of STAFF_ROLES.keys()) staff.push({ role, grants: grantsOf([role]), ...(await s.person([role], { isProvider: role === 'provider' })) })
  const usr = staff.find(({ role }) => role === 'provider')?.id ?? ''
  const { practiceId } = s
  const other = await makePractice(s, 'Zorblax')
  own = await makeWorld(s, { words: 'Ownwords', practiceId, given: { loc: s.locationId, usr }, more: { link_session: { token: 'ownlinktoken' } } })
  const uptown = await s.person(['provider'], { isProvider: true, places: [there] })
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
  const later = (hours: number) => ({ appointment: { startsAt: at(hours), endsAt: at(hours + 1) } })
  // What is the practice's and nobody's in particular is there once.
  const shared = Object.fromEntries([...RECORDS.values()].filter((rec) => !rec.aboutPatient && !rec.hasPlace).map(({ prefix }) => [prefix, own.ids.get(prefix) ?? '']))
  worlds = {
    'another practice': await makeWorld(s, { words: 'Zorblax', practiceId: other.practiceId, given: { loc: other.locationId } }),
    'another location': await makeWorld(s, { words: 'Quuxify', practiceId, given: { ...shared, loc: there }, more: { ...later(48), treatment_note: { authorId: uptown.id } } }),
    'another patient': await makeWorld(s, { words: 'Wibbleton', practiceId, given: { ...shared, loc: s.locationId }, more: later(50) }),
  }
  // The patient of this world, signed in; and somebody who represents her and nobody else.
  const { pse: _, ...given } = Object.fromEntries(own.ids)
  const [pat, rep] = [given['pat'], given['rep']]
  const signIn = (session: object) => makeWorld(s, { words: 'Ownwords', practiceId, given, more: { patient_session: { actingFor: pat, ...session } } })
  await signIn({ token: 'ownpatienttoken', selfId: pat })
  await signIn({ token: 'ownreptoken', selfId: undefined, representativeId: rep, representationId: given['rpn'] })
  callers = [
    ...staff,
    { role: 'link', cookie: `nacre-link=${practiceId}.ownlinktoken`, grants: grantsOf(['link']) },
    { role: 'patient', cookie: `nacre-patient=${practiceId}.ownpatienttoken`, grants: grantsOf(['patient']) },
    { role: 'representative', cookie: `nacre-patient=${practiceId}.ownreptoken`, grants: grantsOf(['representative', 'representative-forms', 'representative-visits', 'representative-messages']) },
    { role: 'public', grants: grantsOf(['public']) },
  ]
})
afterAll(() => s.close())

const inputOf = ({ action: { input }, body }: Route) => {
  const schema = schemaOf(input)
  return body === 'bytes' ? { ...schema, properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'bytes')) } : schema
}

let asked = 0
/** As a browser on this site would send it, from an address of its own, so that no limit of requests hides an answer. */
const send = async (route: Route, { cookie }: Pick<Caller, 'cookie'>, input: unknown, written = (json: string) => json) => {
  const fields = new Map<string, unknown>(Object.entries(Object(input)))
  const url = route.url.replace(/:(\w+)/g, (_, name: string) => {
    const value = fields.get(name)
    fields.delete(name)
    return encodeURIComponent(String(value))
  })
  const inQuery = route.method === 'GET' || route.method === 'DELETE' || route.body === 'bytes'
  const query = new URLSearchParams(inQuery ? [...fields].map(([name, value]): [string, string] => [name, String(value)]) : [])
  asked++
  const answer = await s.server.inject({
    method: route.method,
    url: inQuery && query.size > 0 ? `${url}?${query.toString()}` : url,
    remoteAddress: `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`,
    headers: { ...(cookie ? { cookie } : {}), ...(inQuery && route.body !== 'bytes' ? {} : { 'content-type': route.body === 'bytes' ? 'image/jpeg' : 'application/json' }) },
    ...(route.body === 'bytes' ? { payload: PHOTO } : inQuery ? {} : { payload: written(JSON.stringify(Object.fromEntries(fields))) }),
  })
  return { status: answer.statusCode, body: answer.body, request: String(answer.headers['x-request-id']) }
}
type Answer = Awaited<ReturnType<typeof send>>

const doorOf = (role: string): Door => (role === 'link' || role === 'patient' || role === 'public' ? role : role === 'representative' ? 'patient' : 'staff')
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
    return isHers(prefix) && (doorOf(role) !== 'staff' || prefix !== 'pat')
  })
  const paths = swappable.map(({ path }) => path)
  return paths.length > 1 ? [paths, ...paths.map((path) => [path])] : paths.length === 1 ? [paths] : []
}

/** What is said beside: everything that may be, nothing, and everything but one id. A row of another patient is not said to be of this one. */
const mixes = (route: Route, leaves: readonly Leaf[], relation: Relation, paths: readonly Path[]): Which[] => {
  if (relation === 'another patient') return ['all']
  const { required = [] } = inputOf(route)
  const leftOut = leaves.filter(({ path, schema }) => prefixOf(schema) !== undefined && !required.includes(path) && !paths.includes(path))
  return ['all', paths, ...leftOut.map(({ path }) => leaves.map((leaf) => leaf.path).filter((one) => one !== path))]
}

/**
 * What touches no patient, and books that those keep who answer for the practice as a whole: not divided by location. Nor the few that reach
 * across on purpose, with a reason or as a review: access-table.test.ts lists them.
 */
const isAboveLocations = ({ action: { name, phi, reach }, door }: Route) =>
  phi === 'none' || reach === 'practice' || door === 'public' || /^(trail|outbox)\./.test(name) || SAYS_WHERE.has(name)
/** Its purpose is to say at which other place of the practice a patient of one's own is seen. */
const SAYS_WHERE = new Set(['patient.share-location'])
/** That it was asked is itself on record: the trail of an id that was made up is not empty any more. */
const isOfTrail = ({ action }: Route) => action.name.startsWith('trail.')

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

/** One input with the ids at `paths` of another world, and the same with ids that lead nowhere: what is answered must be the same. */
const probe = async (route: Route, caller: Caller, world: World, how: { paths: readonly Path[]; which: Which }) => {
  const fill = (swapped: (prefix: string) => string) =>
    valueOf(inputOf(route), { which: how.which, words: own.words, ids: (prefix, path) => (how.paths.includes(path) ? swapped(prefix) : (own.ids.get(prefix) ?? newId(prefix))) })
  const sent = new Map<string, string>()
  const remember = (make: (prefix: string) => string) => (prefix: string) => {
    const id = sent.get(prefix) ?? make(prefix)
    sent.set(prefix, id)
    return id
  }
  const theirs = await send(route, caller, fill(remember((prefix) => world.ids.get(prefix) ?? newId(prefix))))
  const told = shape(theirs, [...sent.values()])
  if (!caller.grants.has(route.action.name)) return { theirs, invented: theirs, told, toldOfInvented: told }
  sent.clear()
  const invented = await send(route, caller, fill(remember(newId)))
  return { theirs, invented, told, toldOfInvented: shape(invented, [...sent.values()]) }
}

/**
 * All ways with the first who may, because what is said beside matters to the action's code and that is the same for everybody; each id alone
 * with every other set of grants; all ids at once with every role.
 */
const thoroughly = <H extends { which: Which }>(route: Route, caller: Caller, all: readonly H[]): readonly H[] => {
  const mayToo = callers.filter(({ role, grants }) => route.doors.includes(doorOf(role)) && grants.has(route.action.name))
  if (mayToo[0] === caller) return all
  const isLikeAnother = mayToo.find(({ grants }) => [...grants].join() === [...caller.grants].join()) !== caller
  return isLikeAnother ? all.slice(0, 1) : all.filter(({ which }) => which === 'all')
}

it.each(['another practice', 'another location', 'another patient'] as const)('no route, asked by anybody, shows or changes what belongs to %s, nor tells whether it exists', async (relation) => {
  const world = worlds[relation]
  const before = await rowsOf(world, relation)
  const refusals: string[] = []
  const faults: string[] = []
  let probed = 0
  for (const route of ROUTES) {
    if (relation === 'another location' && isAboveLocations(route)) continue
    const leaves = leavesOf(inputOf(route))
    for (const caller of callers.filter(({ role }) => route.doors.includes(doorOf(role)))) {
      const isGranted = caller.grants.has(route.action.name)
      // A role that lacks the action is refused before anything is looked at: once is enough.
      if (!isGranted && relation !== 'another practice') continue
      const all = swaps(leaves, relation, caller.role).flatMap((paths) => mixes(route, leaves, relation, paths).map((which) => ({ paths, which })))
      for (const how of thoroughly(route, caller, all)) {
        const { theirs, invented, told, toldOfInvented } = await probe(route, caller, world, how)
        probed++
        const where = `${route.method} ${route.url} as ${caller.role}, ${how.paths.join(' ')} of ${relation}: ${theirs.status} ${theirs.body.slice(0, 200)}`
        if (theirs.status >= 500 || invented.status >= 500) faults.push(`a fault: ${where} / ${invented.status}`)
        if (theirs.body.includes(world.words)) faults.push(`shows it: ${where}`)
        if (told !== toldOfInvented && !isOfTrail(route)) faults.push(`tells that it exists: ${where} ≠ ${toldOfInvented.slice(0, 200)}`)
        if (theirs.status >= 300 && ![401, 403, 404, 422].includes(theirs.status)) faults.push(`answers oddly: ${where}`)
        if (theirs.status === 403 || theirs.status === 404) refusals.push(theirs.request)
      }
    }
  }
  expect(faults).toEqual([])
  expect(probed).toBeGreaterThan(20)
  expect(await rowsOf(world, relation)).toEqual(before)
  const { rows } = await s.owner.query(`select request from audit.event where request = any ($1) and outcome <> 'done'`, [refusals])
  const recorded = new Set(rows.map((r) => r.request))
  expect(refusals.filter((request) => !recorded.has(request))).toEqual([])
}, LONGEST_MS)

const DEEP = '['.repeat(20_000) + ']'.repeat(20_000)
/** What no field takes, and what none may choke on. JSON as it is sent. */
const HOSTILE: readonly { what: string; json: string; fits: (leaf: Leaf) => boolean; mustRefuse: (leaf: Leaf) => boolean }[] = [
  { what: 'a NUL', json: JSON.stringify('a\0b'), fits: () => true, mustRefuse: () => true },
  { what: 'half a surrogate pair', json: '"a\\ud800b"', fits: () => true, mustRefuse: () => true },
  { what: 'a text of 200,000 letters', json: JSON.stringify('x'.repeat(200_000)), fits: ({ type }) => type === 'string', mustRefuse: ({ schema }) => schema.maxLength !== undefined && schema.maxLength < 200_000 },
  { what: 'nesting', json: DEEP, fits: ({ type }) => type !== 'array', mustRefuse: ({ type }) => type === 'string' || type === 'choice' || type === 'boolean' },
  { what: 'a prototype', json: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}', fits: () => true, mustRefuse: ({ type }) => type !== 'object' },
  { what: 'a number', json: '-1e308', fits: () => true, mustRefuse: ({ type }) => type === 'string' || type === 'array' },
  { what: 'null', json: 'null', fits: () => true, mustRefuse: ({ type }) => type === 'array' },
  { what: 'a day that is none', json: '"0000-00-00"', fits: ({ type }) => type === 'string', mustRefuse: ({ schema }) => schema.format !== undefined || prefixOf(schema) !== undefined },
  { what: 'the first year', json: '"0000-01-01T00:00:00.000Z"', fits: ({ schema }) => schema.format === 'date-time', mustRefuse: () => false },
  { what: 'the last year', json: '"9999-12-31T23:59:59.999Z"', fits: ({ schema }) => schema.format === 'date-time', mustRefuse: () => false },
  { what: 'SQL', json: JSON.stringify(`' or 1=1; drop table patient; --`), fits: ({ type }) => type === 'string', mustRefuse: ({ schema }) => prefixOf(schema) !== undefined },
]

/** What could end or lock the session is done with one that nobody needs afterwards. */
const freshly = async (route: Route, caller: Caller): Promise<Caller> =>
  caller.id && route.action.name.startsWith('session.') ? { ...caller, cookie: `nacre=${await s.sessionFor(caller.id)}` } : caller

it('whatever is written into whichever field of whichever route, it is refused or kept, and never breaks anything', async () => {
  const MARK = '"@hostile@"'
  const faults: string[] = []
  let sent = 0
  for (const route of ROUTES) {
    const schema = inputOf(route)
    const granted = callers.find(({ role, grants }) => route.doors.includes(doorOf(role)) && grants.has(route.action.name))
    if (!granted) continue
    const valid = valueOf(schema, { which: 'all', words: own.words, ids: (prefix) => own.ids.get(prefix) ?? newId(prefix) })
    for (const leaf of leavesOf(schema)) {
      // What the platform adds itself is taken from nobody.
      if (leaf.path === '' || (route.adds !== undefined && leaf.path.split('.')[0] === route.adds)) continue
      const input = withAt(valid, leaf.path, JSON.parse(MARK))
      for (const { what, json, mustRefuse } of HOSTILE.filter((one) => one.fits(leaf))) {
        const isText = route.method === 'GET' || route.method === 'DELETE' || route.body === 'bytes' || route.url.includes(`:${leaf.path}`)
        // Addresses are text: what is no text in JSON is none there either.
        if (isText && !json.startsWith('"')) continue
        if (isText && json.includes('\\ud800')) continue
        const value: unknown = isText ? JSON.parse(json) : undefined
        if (isText && String(value).length > 10_000) continue
        const caller = await freshly(route, granted)
        const answer = isText ? await send(route, caller, withAt(valid, leaf.path, value)) : await send(route, caller, input, (raw) => raw.replace(MARK, () => json))
        sent++
        const where = `${route.method} ${route.url} ${leaf.path} = ${what}: ${answer.status} ${answer.body.slice(0, 160)}`
        if (answer.status === 401 && !route.doors.includes('public') && !route.action.name.startsWith('session.')) throw new Error(`signed out: ${where}`)
        if (answer.status >= 500) faults.push(`a fault: ${where}`)
        else if (mustRefuse(leaf) && answer.status < 400) faults.push(`taken: ${where}`)
      }
    }
  }
  expect(faults).toEqual([])
  expect(sent).toBeGreaterThan(500)
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
}, LONGEST_MS)

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

it('takes as long to say no about a patient of another location or practice as about one who was made up', async () => {
  const desk = callers.find(({ role }) => role === 'front-desk')
  const route = ROUTES.find(({ action }) => action.name === 'patient.card')
  if (!desk || !route) throw new Error('there is no desk, or no card')
  const kinds = [worlds['another location'].ids.get('pat'), worlds['another practice'].ids.get('pat'), undefined]
  const times: number[][] = [[], [], []]
  for (let i = 0; i < 45; i++) {
    const start = performance.now()
    await send(route, desk, { patientId: kinds[i % 3] ?? newId('pat') })
    times[i % 3]?.push(performance.now() - start)
  }
  const [there = 0, elsewhere = 0, nowhere = 0] = times.map(median)
  // Generous: what must not be is a step more, such as a key that is fetched or a row that is opened, for those who exist.
  expect(Math.max(there, elsewhere)).toBeLessThan(nowhere * 3 + 10)
})
