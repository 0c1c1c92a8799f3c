import { spawn } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { destroyPostgres, startPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'

const made: { folder: string; dataDir: string }[] = []

const emptyDataDir = (...below: string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nacre-postgres-test-'))
  chmodSync(folder, 0o755)
  const dataDir = join(folder, ...below)
  made.push({ folder, dataDir })
  return dataDir
}

afterAll(async () => {
  for (const { folder, dataDir } of made) {
    await destroyPostgres(dataDir)
    rmSync(folder, { recursive: true, force: true })
  }
})

const ask = async (server: EmbeddedPostgres, sql: string): Promise<string[]> => {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  client.on('error', () => {}) // a test that kills the server breaks its connection
  await client.connect()
  try {
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array' })
    return rows.flat()
  } finally {
    await client.end()
  }
}

const processesIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder
      } catch {
        return false
      }
    })

const killEverything = async (server: EmbeddedPostgres): Promise<void> => {
  for (const pid of processesIn(server.data)) process.kill(pid, 'SIGKILL')
  await expect.poll(() => processesIn(server.data)).toEqual([])
}

/** Some living process of the server's own account, as a restarted container would have under an old number. */
const bystanderOf = (server: EmbeddedPostgres) => {
  const { uid, gid } = statSync(server.data)
  const account = process.getuid?.() === 0 ? { uid, gid } : {}
  return spawn('sleep', ['60'], { ...account, cwd: '/', stdio: 'ignore' })
}

const logsOf = (server: EmbeddedPostgres): string => {
  const folder = join(dirname(server.data), 'log')
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

it('starts on an empty folder, durable, and reachable through its socket only', async () => {
  const server = await startPostgres({ dataDir: emptyDataDir() })
  const shown = `select current_setting(name) from unnest(array['fsync', 'synchronous_commit', 'full_page_writes',
    'listen_addresses', 'data_checksums', 'server_encoding']) as name`
  expect(server.adopted).toBe(false)
  expect(await ask(server, shown)).toEqual(['on', 'on', 'on', '', 'on', 'UTF8'])
  expect(statSync(server.host).mode & 0o777).toBe(0o700)
  expect(statSync(server.data).mode & 0o777).toBe(0o700)
  expect(statSync(join(dirname(server.data), 'password')).mode & 0o777).toBe(0o600)

  await server.stop()
  await expect(ask(server, 'select 1')).rejects.toThrow(/ENOENT|ECONNREFUSED/)
  expect(processesIn(server.data)).toEqual([])
})

it('adopts the server that a killed start left running', async () => {
  const dataDir = emptyDataDir()
  const first = await startPostgres({ dataDir, settings: { fsync: 'off' } })
  const second = await startPostgres({ dataDir, settings: { fsync: 'off' } })
  expect(second).toMatchObject({ adopted: true, pid: first.pid, password: first.password })
  expect(await ask(second, 'select 7')).toEqual([7])

  await second.stop()
  await first.stop()
  expect(processesIn(first.data)).toEqual([])
})

it('comes back after a kill of every process, though its old number now belongs to somebody else', async () => {
  const dataDir = emptyDataDir()
  const server = await startPostgres({ dataDir })
  await ask(server, 'create table kept as select 41 + 1 as answer')
  await killEverything(server)
  const bystander = bystanderOf(server)
  const pidFile = join(server.data, 'postmaster.pid')
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid)))

  const again = await startPostgres({ dataDir })
  bystander.kill()
  expect(again.adopted).toBe(false)
  expect(await ask(again, 'select answer from kept')).toEqual([42])
  await again.stop()
})

it('lets two starts at the same moment end with one server, however long the path of the folder', async () => {
  const dataDir = emptyDataDir('a-long-name-'.repeat(8), 'another-long-name-'.repeat(4))
  const options = { dataDir, settings: { fsync: 'off' } }
  const [one, other] = await Promise.all([startPostgres(options), startPostgres(options)])
  expect(one.pid).toBe(other.pid)
  expect(one.adopted).not.toBe(other.adopted)
  expect(one.data.startsWith(dataDir)).toBe(true)
  expect(await ask(other, 'select 7')).toEqual([7])
  await one.stop()
})

it('writes no value of a failed, a duplicate or a crashed statement into its log', async () => {
  const server = await startPostgres({ dataDir: emptyDataDir(), settings: { fsync: 'off' } })
  await ask(server, 'create table person (name text primary key)')
  await ask(server, "insert into person values ('Ottilie-Marker')")
  await expect(ask(server, "insert into person values ('Ottilie-Marker')")).rejects.toThrow('duplicate key')
  await expect(ask(server, "select 'Ottilie-Marker'::int")).rejects.toThrow('invalid input syntax')
  const crash = ask(server, "select 'Ottilie-Marker', pg_sleep(60)").catch(() => 'gone')
  const busy = "select pid from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()"
  await expect.poll(async () => (await ask(server, busy)).length).toBe(1)
  const [victim] = await ask(server, busy)
  process.kill(Number(victim), 'SIGKILL')
  expect(await crash).toBe('gone')
  await expect.poll(() => ask(server, 'select 7').catch(() => 'recovering')).toEqual([7])

  expect(logsOf(server)).toMatch(/was terminated by signal 9/)
  expect(logsOf(server)).not.toContain('Ottilie')
  await server.stop()
})

it('says which settings it could not start with', async () => {
  const dataDir = emptyDataDir()
  await expect(startPostgres({ dataDir, settings: { fsync: 'off', max_connections: 'many' } })).rejects.toThrow(
    /invalid value for parameter "max_connections"/,
  )
})
