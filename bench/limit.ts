import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openDatabases } from '../server/src/platform/databases.ts'
import { allAre, load, type Measured } from './load.ts'
import { configOf } from './practice.ts'
import { CONNECTIONS, type Bench } from './row.ts'

const PROGRAM = fileURLToPath(new URL('limit-server.ts', import.meta.url))
const ROWS = 1000

/** The raw limit, on the very database that the rows are measured on. */
export const measureLimit = async ({ server, seconds }: Bench): Promise<Measured> => {
  const port = server.port + 1
  const { owner } = await openDatabases(configOf(server.dataDir))
  const child = fork(PROGRAM, [JSON.stringify(owner), String(port)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(child, 'message')
  try {
    const requests = Array.from({ length: ROWS }, (_, id) => ({ method: 'GET', path: `/limit/${id}` }))
    const measured = await load(
      { port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, requests, inTurn: 'again and again' },
      { pid: child.pid ?? 0, dataDir: server.dataDir },
    )
    allAre(200, measured)
    return measured
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}
