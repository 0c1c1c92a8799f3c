import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { newId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { RECORDS } from '#kernel/record.ts'
import { operator, ROLES } from '#kernel/roles.ts'
import { cardOfPatient } from '#modules/patients'
import { createPractice } from '#modules/practices'
import { patient } from '#schema/patients'
import { ROUTES } from '../src/app.ts'
import { spa, type Spa, type TestPerson } from './harness.ts'

/** The promises, written once for all modules. */
let s: Spa
let desk: TestPerson
beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
})
afterAll(() => s.close())

// What is not a table of the application: who migrated what. It holds no data of a practice.
const NOT_OURS = ['nacre_migration']

const columns = async () =>
  (await s.owner.query<{ table: string; column: string; type: string }>(
    `select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type from pg_class c
     join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and n.nspname = 'public' and c.relname <> all ($1)`, [NOT_OURS])).rows

it('every table is the practice’s own: practice_id leads its primary key, foreign keys and indexes', async () => {
  const { rows } = await s.owner.query(
    `select c.relname as table, i.relname as index, (select attname from pg_attribute where attrelid = c.oid and attnum = x.indkey[0]) as first
     from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'audit') and c.relname <> all ($1)`, [[...NOT_OURS, 'progress']])
  // The queue and the sequencer work across practices; they read ids and times only.
  const across = ['job_waiting', 'event_by_xact']
  expect(rows.filter((r) => r.first !== 'practice_id' && !across.includes(r.index))).toEqual([])
  const { rows: keys } = await s.owner.query(
    `select conrelid::regclass::text as table, conname, (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]) as first
     from pg_constraint where contype in ('p', 'f', 'u') and connamespace = 'public'::regnamespace and conrelid::regclass::text <> all ($1)`, [NOT_OURS])
  expect(keys.filter((k) => k.first !== 'practice_id')).toEqual([])
})

it('every table that names a patient shows its rows only to a transaction that wrote an event about her', async () => {
  const { rows } = await s.owner.query(
    `select c.relname, c.relrowsecurity as on, array_agg(p.polname::text) as policies,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'patient_id') or c.relname = 'patient' as phi
     from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_policy p on p.polrelid = c.oid
     where c.relkind = 'r' and n.nspname = 'public' and c.relname <> all ($1) group by c.oid`, [NOT_OURS])
  expect(rows.length).toBeGreaterThan(10)
  for (const table of rows) expect(table, table.relname).toMatchObject({ on: true, policies: [table.phi ? 'witnessed' : 'own_practice'] })
})

it('every table has a record that says what it is, and every sealed field is bytes', async () => {
  const kernels = ['blind_index', 'idempotency', 'job']
  const all = await columns()
  const tables = new Set(all.map((c) => c.table))
  expect([...tables].filter((t) => !RECORDS.has(t) && !kernels.includes(t))).toEqual([])
  for (const rec of RECORDS.values()) {
    expect(rec.what, rec.table).not.toBe('')
    for (const field of rec.names) {
      const column = all.find((c) => c.table === rec.table && c.column === rec.columns.get(field))
      expect(column, `${rec.table}.${field}`).toBeDefined()
      if (rec.sealed.has(field) || rec.hashed.has(field)) expect(column?.type, `${rec.table}.${field}`).toBe('bytea')
      else expect(column?.type, `${rec.table}.${field} holds structured data: seal it`).not.toMatch(/json/)
    }
  }
})

it('what is only ever added to cannot be changed or removed by the application', async () => {
  for (const rec of RECORDS.values()) {
    const { rows: [may] } = await s.owner.query(
      `select has_table_privilege('nacre_app', $1, 'update') as change, has_table_privilege('nacre_app', $1, 'delete') as remove`, [rec.table])
    // A removable row is replaced as a whole; whether it may be changed too is its own affair.
    const change = rec.changes === 'removable' ? may.change : rec.changes === 'updated'
    expect({ table: rec.table, ...may }).toEqual({ table: rec.table, change, remove: rec.changes === 'removable' })
  }
})

// @proves 164.312(a)(1)
it('raw SQL by the application sees no patient without an event of its own transaction, and an old event does not help', async () => {
  const ana = await s.patient()
  await s.as(desk).get(`/api/patients/${ana.id}/card`)
  expect((await s.owner.query('select 1 from patient where id = $1', [ana.id])).rowCount).toBe(1)
  expect((await s.pool.query('select * from patient')).rows).toEqual([])
  const { rows: [old] } = await s.owner.query(`select id from audit.event where outcome = 'done' and patient_id = $1 limit 1`, [ana.id])
  const client = await s.pool.connect()
  await client.query('begin')
  await client.query(`select set_config('nacre.event', $1, true), set_config('nacre.practice', $2, true)`, [`${s.practiceId} ${old.id}`, s.practiceId])
  expect((await client.query('select * from patient')).rows).toEqual([])
  // Nor does a condition that would tell what it is tried on: it is tried on nobody else's event.
  await expect(client.query('select * from audit.mine where 1 / length(action) > 0')).resolves.toMatchObject({ rows: [] })
  await expect(client.query('select * from audit.mine where 1 / (length(action) - length(action)) > 0')).resolves.toMatchObject({ rows: [] })
  await client.query('rollback')
  client.release()
})

it('the trail cannot be rewritten, and is not readable but through actions of the trail', async () => {
  for (const sql of [`update audit.event set actor = 'x'`, 'delete from audit.event', `insert into audit.opened values ('a', 'b', 'c')`, 'truncate audit.leaf', `insert into audit.head (practice_id) values ('x')`])
    await expect(s.pool.query(sql), sql).rejects.toThrow(/permission denied|row-level security/)
  expect((await s.pool.query('select * from audit.event')).rows).toEqual([])
  await expect(s.pool.query('set role postgres')).rejects.toThrow(/permission denied/)
})

it('the logins of the application can make nothing in the database, and nothing of theirs is run with the owner’s rights', async () => {
  const { rows: functions } = await s.owner.query(
    `select p.oid::regprocedure::text as name, p.proconfig::text as config from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')`)
  expect(functions.length).toBeGreaterThan(5)
  // pg_temp comes last, or else a caller's own type is found before the built-in one.
  const open = functions.filter(({ config }) => !/search_path=pg_catalog, pg_temp/.test(config ?? '')).map(({ name }) => name)
  expect(open).toEqual([])

  const makeOwnText = `create function pg_temp.take_over(value pg_catalog.text) returns boolean language plpgsql as $$ begin delete from audit.event; return true; end $$;
    create domain pg_temp.text as pg_catalog.text check (pg_temp.take_over(value::pg_catalog.text))`
  await expect(s.pool.query(makeOwnText)).rejects.toThrow(/permission denied to create temporary/)
  // Even where they could: an administrator gave the right back.
  await s.owner.query(`grant temporary on database ${s.database} to nacre_app`)
  const client = await s.pool.connect()
  const before = (await s.owner.query('select count(*) from audit.event')).rows
  await client.query(makeOwnText)
  await client.query(`select set_config('nacre.event', 'a b', false)`)
  for (const from of ['audit.mine', 'audit.self_check(now())', 'work.practices()', 'work.take(0, 1)']) await client.query(`select * from ${from}`)
  client.release(true)
  await s.owner.query(`revoke temporary on database ${s.database} from nacre_app`)
  expect((await s.owner.query('select count(*) from audit.event')).rows).toEqual(before)
})

it('a login of the records cannot come into the vault, nor the vault’s into the records', async () => {
  const { rows } = await s.owner.query(
    `select r.rolname as login, d.datname as database from pg_roles r, pg_database d
     where r.rolname in ('nacre_app', 'nacre_trail', 'nacre_vault') and d.datname = any ($1) and has_database_privilege(r.oid, d.oid, 'connect') order by 1`,
    [[s.database, s.vaultDatabase]])
  expect(rows).toEqual([
    { login: 'nacre_app', database: s.database }, { login: 'nacre_trail', database: s.database }, { login: 'nacre_vault', database: s.vaultDatabase },
  ])
})

// @proves 164.312(b)
it('when the trail cannot be written, nothing is read, and when what was opened cannot be noted, nothing is answered', async () => {
  const ana = await s.patient({ givenName: 'Unwritten' })
  for (const what of ['audit.enter', 'audit.leave']) {
    await s.owner.query(`revoke execute on function ${what} from nacre_app`)
    const answer = await s.as(desk).get(`/api/patients/${ana.id}/card`)
    await s.owner.query(`grant execute on function ${what} to nacre_app`)
    expect(answer.statusCode, what).toBe(500)
    expect(answer.body).not.toContain('Unwritten')
  }
  expect((await s.trailOf(ana.id)).filter((e) => e.actor === desk.id).map((e) => e.outcome)).toEqual(['failed', 'failed'])
})

it('what lies at rest is sealed, and does not open in another row, another column or for another patient', async () => {
  const [ana, eve] = [await s.patient({ givenName: 'Sealedname' }), await s.patient()]
  const { rows: [row] } = await s.owner.query('select * from patient where id = $1', [ana.id])
  for (const value of Object.values(row)) if (Buffer.isBuffer(value)) expect(value.toString('latin1')).not.toContain('Sealedname')
  const card = async (id: string) => (await s.as(desk).get(`/api/patients/${id}/card`)).statusCode
  await s.owner.query('update patient set given_name = $1 where id = $2', [row.given_name, eve.id])
  expect(await card(eve.id)).toBe(500)
  await s.owner.query('update patient set family_name = $1 where id = $2', [row.given_name, ana.id])
  expect(await card(ana.id)).toBe(500)
})

it('what an action still asks for when it is over reaches no connection, which by then is somebody else’s', async () => {
  const ana = await s.patient()
  let late: Promise<unknown> = Promise.resolve()
  const hasty = action({
    name: 'test.hasty', does: 'wait for one of two', purpose: 'treatment', phi: 'identity', patient: () => ana.id, allow: roleAlone, input: z.object({}), output: z.object({}),
    run: async (tx) => {
      late = tx.list(patient, {}, { open: [] }).then(() => new Promise((resolve) => setTimeout(resolve, 50))).then(() => tx.list(patient, {}, { open: [] }))
      late.catch(() => {})
      throw new Error('changed its mind')
    },
  })
  await expect(s.perform(hasty, operator(s.practiceId, 'test', ['test.hasty']), {})).rejects.toThrow('changed its mind')
  await expect(late).rejects.toThrow('the action is over')
})

it('an action named for one patient sees no other, whatever its code asks for', async () => {
  const [ana, eve] = [await s.patient(), await s.patient()]
  const careless = action({
    name: 'test.careless', does: 'be careless', purpose: 'treatment', phi: 'identity', patient: () => eve.id, allow: roleAlone,
    input: z.object({}), output: z.array(z.string()), run: async (tx) => (await tx.list(patient, {}, { open: [] })).map((p) => p.id),
  })
  const everything = operator(s.practiceId, 'test', ['test.careless'])
  expect(await s.perform(careless, everything, {})).toEqual([eve.id])
  expect(await s.perform(careless, everything, {})).not.toContain(ana.id)
})

it('what an action left running when it failed does nothing in the transaction of somebody else', async () => {
  const before = (await s.owner.query('select count(*)::int as n from patient')).rows[0].n
  let late: Promise<unknown> = Promise.resolve()
  const hasty = action({
    name: 'test.hasty', does: 'fail before all is done', purpose: 'treatment', phi: 'clinical', patient: () => '*', allow: roleAlone,
    input: z.object({}), output: z.object({}),
    run: async (tx) => {
      late = (async () => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        await tx.add(patient, { locationIds: [s.locationId], givenName: 'Late', familyName: 'Comer', birthDate: '1990-02-14', language: 'en', createdAt: tx.now })
      })()
      late.catch(() => {})
      throw new Error('too early')
    },
  })
  const slow = action({
    name: 'test.slow', does: 'take a while', purpose: 'treatment', phi: 'clinical', patient: () => '*', allow: roleAlone,
    input: z.object({}), output: z.object({}), run: async (tx) => {
      await tx.count(patient, {})
      await new Promise((resolve) => setTimeout(resolve, 400))
      return {}
    },
  })
  const who = operator(s.practiceId, 'test', ['test.hasty', 'test.slow'])
  await expect(s.perform(hasty, who, {})).rejects.toThrow('too early')
  // The pool gives the connection that was given back last.
  await s.perform(slow, who, {})
  await expect(late).rejects.toThrow('the action is over')
  expect((await s.owner.query('select count(*)::int as n from patient')).rows[0].n).toBe(before)
})

it('an action without an event sees no patient at all', async () => {
  await s.patient()
  const unrecorded = action({
    name: 'test.unrecorded', does: 'read without a trace', purpose: 'treatment', phi: 'identity', patient: () => '*', allow: roleAlone, trail: 'refusals',
    input: z.object({}), output: z.array(z.unknown()), run: (tx) => tx.list(patient, {}, { open: [] }),
  })
  expect(await s.perform(unrecorded, operator(s.practiceId, 'test', ['test.unrecorded']), {})).toEqual([])
})

it('one practice never sees another, by any id', async () => {
  const ana = await s.patient()
  const other = newId('prc')
  await s.perform(createPractice, operator(other, 'test', ['practice.create']), { practice: { name: 'Other', phone: '' }, location: { name: 'There', address: '', timeZone: 'UTC' } })
  await expect(s.perform(cardOfPatient, operator(other, 'test', ['patient.card']), { patientId: ana.id })).rejects.toMatchObject({ status: 404 })
})

it('a destroyed key makes the record unreadable at once', async () => {
  const ana = await s.patient()
  expect((await s.as(desk).get(`/api/patients/${ana.id}/card`)).statusCode).toBe(200)
  await s.keys.destroy(s.practiceId, ana.id)
  expect((await s.as(desk).get(`/api/patients/${ana.id}/card`)).statusCode).toBe(410)
})

it('every route leads to an action, and every action of a role exists', () => {
  expect(ROUTES.length).toBeGreaterThan(10)
  for (const r of ROUTES) expect(ACTIONS.get(r.action.name), r.url).toBe(r.action)
  for (const [role, { actions }] of ROLES) for (const name of actions) expect(ACTIONS.has(name), `${role} lists ${name}`).toBe(true)
})

it('nobody who is not signed in gets past the door of any staff route', async () => {
  for (const r of ROUTES.filter((route) => route.door !== 'public')) {
    const url = r.url.replace(/:(\w+)/g, () => newId('pat'))
    const answer = await s.server.inject({ method: r.method, url, ...(r.method === 'GET' || r.method === 'DELETE' ? {} : { payload: {} }) })
    expect(answer.statusCode, `${r.method} ${r.url}`).toBe(401)
  }
})

it('a person without any grant is refused by every staff action, and each refusal is on record', async () => {
  const nobody = s.staff('usr_00000000000000000000000000', [])
  for (const r of ROUTES.filter((route) => route.door === 'staff')) {
    const input = Object.fromEntries([...r.url.matchAll(/:(\w+)/g)].map(([, name]) => [name, newId(String(name).slice(0, 3))]))
    await expect(s.perform(r.action, nobody, input), r.url).rejects.toSatisfy((e: { status?: number }) => e.status === 403)
  }
})

it('the API describes itself as OpenAPI 3.1, every route of it', async () => {
  const document = (await s.as().get('/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  const described = Object.values(document.paths as Record<string, object>).flatMap((p) => Object.keys(p)).length
  expect(described).toBe(ROUTES.length)
})
