import { connect } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { newId } from '#kernel/id.ts'
import { spa, type Spa, type TestPerson } from './harness.ts'

/** Requests that no browser of ours would send. */
let s: Spa
let desk: TestPerson
let port: number
beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
  await s.server.listen({ port: 0, host: '127.0.0.1' })
  const [address] = s.server.addresses()
  port = typeof address === 'object' ? address.port : 0
})
afterAll(() => s.close())

/** The first answer to these bytes, sent as they are; the connection stays open, as if more were to come. */
const answerTo = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')))
    socket.once('error', reject)
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
  })

it('asks who somebody is before it takes in what she sends: without a session no photo is read', async () => {
  const { id } = await s.patient()
  const head = `POST /api/patients/${id}/photos HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/jpeg\r\ncontent-length: 41943040\r\n\r\n`
  expect(await answerTo(head)).toMatch(/^HTTP\/1\.1 401 /)
})

it('takes large bodies only where photos are sent, and nothing but a JSON object elsewhere', async () => {
  const send = (contentType: string, payload: string | Buffer) => s.server.inject({ method: 'POST', url: '/api/session', headers: { 'content-type': contentType }, payload })
  expect((await send('image/png', Buffer.alloc(2 * 1024 * 1024))).statusCode).toBe(413)
  for (const [type, payload] of [['image/png', Buffer.alloc(1000)], ['text/plain', 'email=x'], ['application/json', '["a"]'], ['application/json', '"a"'], ['application/json', '7'], ['application/x-www-form-urlencoded', 'email=x']] as const) {
    const answer = await send(type, payload)
    expect([answer.statusCode, type]).toEqual([415, type])
  }
})

it('waits for no request for ever', () => {
  expect(s.server.server.requestTimeout).toBeGreaterThan(0)
  expect(s.server.server.requestTimeout).toBeLessThanOrEqual(300_000)
  expect(s.server.server.headersTimeout).toBeLessThanOrEqual(60_000)
})

it('makes no keys for a practice that somebody invented', async () => {
  const vault = new pg.Client({ ...inject('postgres'), database: s.vaultDatabase })
  await vault.connect()
  const keys = async () => (await vault.query('select count(*)::int as n from practice_key')).rows[0].n
  const before = await keys()
  for (const cookie of ['nacre', 'nacre-link'])
    for (let i = 0; i < 5; i++) {
      const answer = await s.server.inject({ method: 'GET', url: cookie === 'nacre' ? '/api/session' : '/api/visit', headers: { cookie: `${cookie}=${newId('prc')}.sometoken` } })
      expect(answer.statusCode).toBe(401)
    }
  const after = await keys()
  await vault.end()
  expect(after).toBe(before)
})

it('lets no cache keep an answer, however its address is written', async () => {
  const { id } = await s.patient()
  for (const url of [`/api/patients/${id}/card`, `/%61pi/patients/${id}/card`, `/api/patients/${id}/card?x=1`]) {
    const answer = await s.as(desk).get(url)
    expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'no-store'])
  }
})

it('survives JSON nested a hundred thousand deep, and lists as long as can be sent', async () => {
  const deep = `{"givenName":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  const long = JSON.stringify({ givenName: Array.from({ length: 300_000 }, () => 1) })
  const deepObjects = `{"givenName":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`
  for (const payload of [deep, long, deepObjects]) {
    const answer = await s.server.inject({ method: 'POST', url: '/api/patients', headers: { cookie: desk.cookie, 'content-type': 'application/json' }, payload })
    expect(answer.statusCode).toBe(422)
  }
})

it('lets nothing that is sent become a prototype', async () => {
  const payload = '{"__proto__":{"roles":["owner"],"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"givenName":"Ana","familyName":"Proto","birthDate":"1990-02-14","locationId":"' + s.locationId + '"}'
  const answer = await s.server.inject({ method: 'POST', url: '/api/patients?__proto__[polluted]=yes&__proto__=a&__proto__=b', headers: { cookie: desk.cookie, 'content-type': 'application/json' }, payload })
  expect(answer.statusCode).toBe(200)
  expect(answer.body).not.toContain('polluted')
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

it('counts the addresses of one IPv6 network together, and believes no header about where a request comes from', async () => {
  const ask = (remoteAddress: string, headers: Record<string, string> = {}) =>
    s.server.inject({ method: 'POST', url: '/api/visit/renew', remoteAddress, headers, payload: { token: 'x'.repeat(32) } }).then((a) => a.statusCode)
  const storm = async (address: (i: number) => string, headers: (i: number) => Record<string, string> = () => ({})) => {
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) statuses.push(await ask(address(i), headers(i)))
    return statuses.filter((status) => status === 429).length
  }
  expect(await storm((i) => `2001:db8:1:2::${i + 1}`)).toBe(2)
  expect(await ask('2001:0db8:0001:0002:ffff:ffff:ffff:ffff')).toBe(429)
  expect(await ask('2001:db8:1:3::1')).toBe(200)
  expect(await storm(() => '192.0.2.7', (i) => ({ 'x-forwarded-for': `198.51.100.${i}`, forwarded: `for=198.51.100.${i}`, 'x-real-ip': `198.51.100.${i}` }))).toBe(2)
})
