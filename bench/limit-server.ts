/**
 * The limit: what the same machine, database and driver can do at most. A bare Fastify handler that inserts one audit row, reads one row,
 * commits, and opens 1 KB of AES-256-GCM. No rules, no roles, no validation, no row security, no record of what was opened.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import { openPool, type Connection } from '#platform/postgres.ts'

const [connection = '{}', port = '0'] = process.argv.slice(2)
const pool = openPool(JSON.parse(connection) as Connection, { name: 'nacre limit' })
const key = createSecretKey(randomBytes(32))
const KILOBYTE = 1024
const ROWS = 1000

const closed = () => {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const body = Buffer.concat([cipher.update(Buffer.alloc(KILOBYTE, 97)), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body])
}
const opened = (sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 }).setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
}

await pool.query(`drop schema if exists bench_limit cascade`)
await pool.query(`create schema bench_limit`)
await pool.query(`create table bench_limit.audit (id text primary key, at timestamptz not null default now(), actor text not null, action text not null, patient_id text not null)`)
await pool.query(`create table bench_limit.card (id int primary key, body bytea not null)`)
for (let id = 0; id < ROWS; id++) await pool.query('insert into bench_limit.card values ($1, $2)', [id, closed()])

let events = 0
const run = randomBytes(8).toString('hex')
const app = Fastify()
app.get<{ Params: { id: string } }>('/limit/:id', async (req, reply) => {
  const client = await pool.connect()
  try {
    // One round trip: nothing waits for anything.
    const [, , { rows }] = await Promise.all([
      client.query('begin'),
      client.query({ name: 'audit', text: 'insert into bench_limit.audit (id, actor, action, patient_id) values ($1, $2, $3, $4)', values: [`${run}${++events}`, 'usr_1', 'limit', req.params.id] }),
      client.query<{ body: Buffer }>({ name: 'card', text: 'select body from bench_limit.card where id = $1', values: [Number(req.params.id)] }),
      client.query('commit'),
    ])
    const [row] = rows
    if (!row) return reply.code(404).send({})
    return reply.send({ id: req.params.id, bytes: opened(row.body).length })
  } finally {
    client.release()
  }
})
app.get('/readyz', () => ({ status: 'ready' }))
process.once('SIGTERM', () => void app.close().then(() => pool.end()).then(() => process.exit(0)))
await app.listen({ port: Number(port), host: '127.0.0.1' })
process.send?.('ready')
