import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openDatabases } from '../server/src/platform/databases.ts'
import { load } from './load.ts'
import { personName } from './people.ts'
import { configOf } from './practice.ts'
import type { Bench, Row } from './row.ts'

const CLIENTS = 32
const KILLED_AFTER_MS = 2_500

const unrecorded = async (dataDir: string, ids: readonly string[]): Promise<number> => {
  const owner = new pg.Client((await openDatabases(configOf(dataDir))).owner)
  await owner.connect()
  try {
    const { rows } = await owner.query<{ n: number }>(
      `select count(*)::int as n from unnest($1::text[]) as answered (id)
       where not exists (select from audit.event e join audit.opened o on o.practice_id = e.practice_id and o.event_id = e.id where e.request = answered.id and e.outcome = 'done')
         and not exists (select from audit.event e where e.request = answered.id and e.outcome = 'done' and e.action = 'patient.find')`,
      [ids],
    )
    return rows[0]?.n ?? 0
  } finally {
    await owner.end()
  }
}

/** Kills server and database while 32 clients read and search, starts them again, and looks for the event of each answer that was given. */
export const measureKill = async (bench: Bench, restart: () => Promise<Bench>): Promise<Row> => {
  const { server, practice, desk } = bench
  const json = { cookie: desk, 'content-type': 'application/json' }
  const requests = practice.patientIds.flatMap((id, n) => [
    { method: 'GET', path: `/api/patients/${id}/card`, headers: { cookie: desk } },
    { method: 'POST', path: '/api/patients/find', headers: json, body: JSON.stringify({ q: personName(n * 37).family.slice(0, 4) }) },
  ])
  const measured = await load(
    { port: server.port, connections: CLIENTS, warmUpSeconds: 0, requests, inTurn: 'again and again', keepIds: true, untilKilled: true },
    server,
    () => void sleep(KILLED_AFTER_MS).then(() => server.kill()),
  )
  const again = await restart()
  const without = await unrecorded(again.server.dataDir, measured.ids)
  return {
    work: `answered reads and searches without an audit row after kill -9 with ${CLIENTS} clients`,
    field: 'Medplum 28–32 of about 400; searches never recorded',
    aim: '0',
    result: `${without} of ${measured.ids.length}`,
    isMet: without === 0 && measured.ids.length > 0,
    figures: { without, answered: measured.ids.length },
  }
}
