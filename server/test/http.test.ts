import { readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:tls'
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { freePort, passableFolder } from './processes.ts'
import { spa, type Spa, type TestPerson } from './harness.ts'
import { ROUTES } from '../src/app.ts'
import { startSystem, type Started } from '../src/start.ts'
import { readConfig } from '../src/config.ts'

let s: Spa
let desk: TestPerson
beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
})
afterAll(() => s.close())

it('lets no page load anything from elsewhere, be framed, or be guessed into another type', async () => {
  for (const url of ['/api/session', '/openapi.json', '/healthz', '/nowhere']) {
    const { headers } = await s.as(desk).get(url)
    const csp = String(headers['content-security-policy'])
    expect(csp).toContain("default-src 'self'")
    expect(csp).toContain("script-src 'self';")
    expect(csp).toContain("frame-ancestors 'none'")
    expect(csp).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
  }
  expect((await s.as(desk).get('/api/session')).headers['cache-control']).toBe('no-store')
})

it('answers in problem details with a reference, and never with a stack or a value', async () => {
  const answers = [
    await s.as(desk).get('/api/patients/pat_<script>/card'),
    await s.server.inject({ method: 'POST', url: '/api/patients', headers: { cookie: desk.cookie, 'content-type': 'application/json' }, payload: '{"givenName": "Zq' }),
    await s.as(desk).post('/api/patients', { givenName: 'Zqvalue', familyName: 7 }),
    await s.as(desk).get('/api/nowhere'),
  ]
  for (const answer of answers) {
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ status: answer.statusCode, title: expect.any(String), detail: expect.any(String), reference: answer.headers['x-request-id'] })
    expect(answer.body).not.toMatch(/Zq|node_modules|\.ts:/)
  }
})

it('takes no more than 40 MB, and no more than 1 MB of JSON', async () => {
  const large = await s.as(desk).post('/api/patients', { givenName: 'x'.repeat(1_100_000) })
  expect(large.statusCode).toBe(413)
  const photo = await s.server.inject({ method: 'POST', url: `/api/patients/${(await s.patient()).id}/photos`, headers: { cookie: desk.cookie, 'content-type': 'image/jpeg' }, payload: Buffer.alloc(41 * 1024 * 1024) })
  expect(photo.statusCode).toBe(413)
})

it('limits how often one address may try to sign in, book and open links', async () => {
  const other = await spa()
  const storm = async (url: string, payload: object, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => other.as().post(url, payload)))
    return answers.filter((a) => a.statusCode === 429).length
  }
  expect(await storm('/api/session', { email: 'x@example.test', password: 'y', code: '000000' }, 25)).toBeGreaterThanOrEqual(5)
  expect(await storm('/api/public/bookings', {}, 80)).toBeGreaterThan(0)
  expect(await storm('/api/visit/open', { token: 'x'.repeat(40), birthDate: '1990-01-01' }, 40)).toBeGreaterThanOrEqual(10)
  await other.close()
})

// @proves 164.312(e)(1)
it('speaks TLS 1.2 and newer only, and tells browsers to stay with it', async () => {
  const dataDir = passableFolder('nacre-tls-')
  const port = await freePort()
  const ca = readFileSync('server/test/fixtures/tls/localhost.pem')
  let system: Started | undefined
  try {
    system = await startSystem(readConfig({
      DATA_DIR: dataDir, PORT: String(port), HOST: '0.0.0.0', LOG_LEVEL: 'silent',
      TLS_CERT: 'server/test/fixtures/tls/localhost.pem', TLS_KEY: 'server/test/fixtures/tls/localhost.key',
    }))
    await system.app.server.listen({ port, host: '127.0.0.1' })
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      request({ host: 'localhost', port, path: '/healthz', ca }, (answer) => resolve(answer.headers)).once('error', reject).end()
    })
    expect(headers['strict-transport-security']).toMatch(/max-age=\d{7,}/)
    const version = (maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
      new Promise<string>((resolve) => {
        const socket = connect({ host: 'localhost', port, ca, minVersion: maxVersion, maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
          resolve(String(socket.getProtocol()))
          socket.destroy()
        })
        socket.once('error', () => resolve('refused'))
      })
    expect(await version('TLSv1.1')).toBe('refused')
    expect(await version('TLSv1.2')).toBe('TLSv1.2')
  } finally {
    await system?.stop('and its database')
    rmSync(dataDir, { recursive: true, force: true })
  }
})

it('exits with a sentence when it is configured wrongly, before it has started anything', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['server/src/main.ts', 'serve'], { env: { ...process.env, HOST: '0.0.0.0', DATA_DIR: '/nonexistent/nacre' }, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^nacre: TLS_CERT, TLS_KEY missing/)
  expect(stdout).toBe('')
})

it('hands where a request came from only to routes that ask for it, and never what was sent under that name', async () => {
  for (const { method, url, action, adds } of ROUTES) {
    const asks = action.input instanceof z.ZodObject && 'origin' in action.input.shape
    expect(asks, `${method} ${url}`).toBe(adds === 'origin')
  }
})
