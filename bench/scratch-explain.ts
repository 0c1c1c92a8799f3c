import pg from 'pg'
import { readConfig } from '../server/src/config.ts'
import { startSystem } from '../server/src/start.ts'
const system = await startSystem(readConfig({ DATA_DIR: '/tmp/fhirperf/data', PORT: '0', LOG_LEVEL: 'warn' }))
const c = new pg.Client(system.databases.app); await c.connect()
const own = new pg.Client(system.databases.owner); await own.connect()
const { rows: [{ id: pid }] } = await own.query('select id from practice')
const enter = () => c.query(`select audit.enter($1,$2,'operator:x','operator','', 'x.y','operations','*','{*}','')`, [pid, 'evt_' + Math.random()])
const show = async (label: string, text: string, values: unknown[]) => { await c.query('begin'); await enter(); const { rows } = await c.query('explain (analyze, buffers off, timing off) ' + text, values); console.log('##', label); for (const r of rows) console.log(r['QUERY PLAN']); await c.query('rollback') }
const n = 5600
const tokens = Array.from({ length: n }, () => Math.floor(Math.random() * 2 ** 40).toString())
const ids = Array.from({ length: n }, (_, i) => `pat_01k${String(1000 + (i / 28 | 0))}abcdefghijklmnopqrs`)
const ins = 'insert into blind_index (practice_id, token, patient_id) select $1, unnest($2::bigint[]), unnest($3::text[]) on conflict do nothing'
await show('blind as app', ins, [pid, tokens, ids])
await show('blind as app', ins, [pid, tokens, ids])
await own.query('begin'); const r = await own.query('explain (analyze, timing off) ' + ins, [pid, tokens, ids]); console.log('## owner'); for (const x of r.rows) console.log(x['QUERY PLAN']); await own.query('rollback')
await show('read one', 'select * from patient where practice_id = $1 limit 200', [pid])
await show('count all', 'select count(*) from patient where practice_id = $1', [pid])
await c.end(); await own.end(); await system.stop('and its database'); process.exit(0)
