import pg from 'pg'
import { readConfig } from '../server/src/config.ts'
import { startSystem } from '../server/src/start.ts'
const system = await startSystem(readConfig({ DATA_DIR: '/tmp/fhirperf/data', PORT: '0', LOG_LEVEL: 'warn' }))
const c = new pg.Client(system.databases.app); await c.connect()
const own = new pg.Client(system.databases.owner); await own.connect()
const { rows: [{ id: pid }] } = await own.query('select id from practice')
const enter = () => c.query(`select audit.enter($1,$2,'operator:x','operator','', 'x.y','operations','*','{*}','')`, [pid, 'evt_' + Math.random()])
const best = new Map<string, number>()
const run = async (label: string, as: pg.Client, text: string, values: unknown[]) => { await as.query('begin'); if (as === c) await enter(); const { rows } = await as.query('explain (analyze, timing off) ' + text, values); await as.query('rollback')
  const ms = Number(/Execution Time: ([\d.]+)/.exec(rows.map((r) => r['QUERY PLAN']).join('\n'))?.[1]); best.set(label, Math.min(best.get(label) ?? 1e9, ms)) }
for (let i = 0; i < 8; i++) {
for (const patients of [200, 500]) {
const n = 28 * patients
const tokens = Array.from({ length: n }, () => Math.floor(Math.random() * 2 ** 40))
const ids = Array.from({ length: n }, (_, j) => `pat_01zzz${String(1000 + (j / 28 | 0))}abcdefghijklmnopqr`)
const order = tokens.map((_, j) => j).sort((a, b) => tokens[a]! - tokens[b]!)
const st = order.map((j) => tokens[j]), si = order.map((j) => ids[j])
const base = 'insert into blind_index (practice_id, token, patient_id) select $1, unnest($2::bigint[]), unnest($3::text[])'
for (const who of [c, own]) { const w = who === c ? 'app' : 'own'
await run(`${patients} ${w} conflict unsorted`, who, base + ' on conflict do nothing', [pid, tokens, ids])
await run(`${patients} ${w} plain unsorted`, who, base, [pid, tokens, ids])
await run(`${patients} ${w} plain sorted`, who, base, [pid, st, si]) }
}}
for (const [k, v] of best) console.log(k, v.toFixed(1), 'ms', (v * 1000 / 28 / Number(k.split(' ')[0])).toFixed(1), 'µs/row')
await c.end(); await own.end(); await system.stop('and its database'); process.exit(0)
