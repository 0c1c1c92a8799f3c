import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'otplib'
import { expect, it } from 'vitest'
import { operator } from '#kernel/roles.ts'
import { cardOfPatient } from '#modules/patients'
import { readConfig } from '../src/config.ts'
import { startSystem } from '../src/start.ts'
import { passableFolder, processesIn, startServer, type ServerProcess } from './processes.ts'

const ROUNDS = 20
const WRITERS = 8

interface Login { role: string; email: string; password: string; totpSecret: string }

const signIn = async (url: string, login: Login) => {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: login.email, password: login.password, code: await generate({ secret: login.totpSecret }) }),
  })
  expect(answer.status).toBe(200)
  return String(answer.headers.get('set-cookie')).split(';')[0] ?? ''
}

it(`keeps every acknowledged write, and a trail that verifies, through ${ROUNDS} kills of server and database in a stream of writes`, async () => {
  const dataDir = passableFolder('nacre-crash-')
  const acknowledged = new Map<string, string>()
  let cookie = ''
  let locationId = ''
  const write = async (server: ServerProcess, n: number): Promise<void> => {
    const familyName = `Crash${n}`
    const answer = await fetch(`${server.url}/api/patients`, {
      method: 'POST', headers: { 'content-type': 'application/json', cookie, 'idempotency-key': familyName },
      body: JSON.stringify({ givenName: 'Round', familyName, birthDate: '1980-01-01', locationId }),
    })
    const body = (await answer.json()) as { id: string }
    if (answer.status === 200) acknowledged.set(body.id, familyName)
  }
  let n = 0
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer(dataDir, 'demo', { LOG_LEVEL: 'error' })
    if (!cookie) {
      const logins = JSON.parse(readFileSync(join(dataDir, 'demo-logins.json'), 'utf8')) as Login[]
      cookie = await signIn(server.url, logins.find((l) => l.role === 'front-desk') as Login)
      const session = (await (await fetch(`${server.url}/api/session`, { headers: { cookie } })).json()) as { user: { locations: { id: string }[] } }
      locationId = session.user.locations[0]?.id ?? ''
    }
    let killed = false
    const before = acknowledged.size
    const writers = Array.from({ length: WRITERS }, async () => {
      while (!killed) await write(server, n++).catch(() => {})
    })
    // Some writes must be under way, however slow the machine; then a moment that differs from round to round.
    while (acknowledged.size < before + WRITERS) await new Promise((resolve) => setTimeout(resolve, 2))
    await new Promise((resolve) => setTimeout(resolve, (round * 37) % 150))
    expect(processesIn(dataDir).length).toBeGreaterThan(3)
    const dead = server.killAll()
    killed = true
    await Promise.all([dead, ...writers])
  }

  const system = await startSystem(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }))
  const { app } = system
  try {
      const practiceId = await app.onlyPractice()
    const reader = operator(practiceId, 'test', ['patient.card'])
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * WRITERS - 1)
    for (const [patientId, familyName] of acknowledged)
      expect((await app.perform(cardOfPatient, reader, { patientId })).familyName).toBe(familyName)
    await app.trail.catchUp()
    await app.trail.sealAll()
    const report = await app.verifyTrail(practiceId)
    expect(report).toMatchObject({ verified: true })
    expect(report.events).toBeGreaterThan(acknowledged.size)
  } finally {
    await system.stop('and its database')
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 300_000)
