import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { newIntention, nothing, onSignedOut, onStepUp, Problem, problemFrom, request } from './api.ts'

/** What the fake network saw, and what it answers next. */
let seen: Request[] = []
let answers: (Response | Error)[] = []

beforeEach(() => {
  seen = []
  answers = []
  vi.stubGlobal('setTimeout', (run: () => void) => queueMicrotask(run))
  vi.stubGlobal('window', { location: { origin: 'http://nacre.test' } })
  vi.stubGlobal('fetch', (asked: Request) => {
    seen.push(asked)
    const answer = answers.shift() ?? new Response(null, { status: 204 })
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const problemJson = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } })
const caught = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error)
const keys = () => seen.map(({ headers }) => headers.get('Idempotency-Key'))

it('a command that is asked again because the network failed keeps its key', async () => {
  answers = [new TypeError('network'), new Response(null, { status: 503 }), new Response(null, { status: 204 })]
  await request('POST', '/api/bookings', nothing, { body: { slot: 1 } })
  expect(seen).toHaveLength(3)
  expect(new Set(keys()).size).toBe(1)
  expect(keys()[0]).toMatch(/^[0-9a-f-]{36}$/)
})

it('two presses of one button carry one key, two intentions carry two', async () => {
  const idempotencyKey = newIntention()
  await request('POST', '/api/bookings', nothing, { idempotencyKey })
  await request('POST', '/api/bookings', nothing, { idempotencyKey })
  await request('POST', '/api/bookings', nothing)
  const [first, second, third] = keys()
  expect(first).toBe(second)
  expect(third).not.toBe(first)
})

it('reading carries no key, and says when no person is behind it', async () => {
  await request('GET', '/api/calendar', nothing, { background: 'yes', query: { date: '2026-11-23', page: undefined } })
  expect(keys()).toEqual([null])
  expect(seen[0]?.headers.get('Nacre-Background')).toBe('1')
  expect(seen[0]?.url).toBe('http://nacre.test/api/calendar?date=2026-11-23')
})

it('a refusal arrives with all its parts', async () => {
  const refusal = {
    why: 'Notes are open to those who treat.',
    rule: '45 CFR 164.502(b)',
    whoCanFix: 'The privacy officer',
    fix: { label: 'Ask', href: '/ask' },
    override: { label: 'Emergency access', action: 'glass.break', minutes: 60 },
  }
  answers = [problemJson(403, { title: 'Refused', refusal, reference: 'R-1' })]
  const problem = await caught(request('GET', '/api/notes/1', nothing))
  expect(problem).toBeInstanceOf(Problem)
  expect(problem).toMatchObject({ status: 403, title: 'Refused', refusal, reference: 'R-1' })
})

it('a page of a proxy becomes a sentence, never raw text', async () => {
  const html = new Response('<html>Bad <b>gateway</b></html>', {
    status: 500,
    headers: { 'content-type': 'text/html' },
  })
  const problem = await problemFrom(html)
  expect(problem.title).toBe('The server could not finish this')
  expect(JSON.stringify(problem)).not.toContain('gateway')
})

it('no answer at all is told apart from an answer', async () => {
  answers = [new TypeError('a'), new TypeError('b'), new TypeError('c')]
  const problem = await caught(request('GET', '/api/calendar', nothing))
  expect(problem).toMatchObject({ status: 0, isOffline: true })
})

it('an answer of the server is final: a conflict is not tried again', async () => {
  answers = [problemJson(409, { title: 'Taken' })]
  expect(await caught(request('POST', '/api/bookings', nothing))).toMatchObject({ status: 409 })
  expect(seen).toHaveLength(1)
})

it('a session that ended is told to the page once, the question for the session itself is not', async () => {
  const told = vi.fn()
  const stop = onSignedOut(told)
  answers = [problemJson(401, {}), problemJson(401, {})]
  await caught(request('GET', '/api/session', nothing))
  expect(told).not.toHaveBeenCalled()
  await caught(request('GET', '/api/calendar', nothing))
  expect(told).toHaveBeenCalledTimes(1)
  stop()
})

const stepUp = () => problemJson(403, { title: 'Not allowed', refusal: { rule: 'step-up', why: 'Show once more that it is you.' } })

it('what is refused for want of a fresh proof is sent again, unchanged, once she has shown who she is', async () => {
  const stop = onStepUp(() => Promise.resolve('proven'))
  answers = [stepUp(), new Response(null, { status: 204 })]
  await request('POST', '/api/bookings', nothing, { body: { slot: 1 } })
  expect(await Promise.all(seen.map((asked) => asked.json()))).toEqual([{ slot: 1 }, { slot: 1 }])
  expect(new Set(keys()).size).toBe(1)
  stop()
})

it('two calls that are refused at once ask her once', async () => {
  let asked = 0
  const stop = onStepUp(async () => {
    asked++
    await new Promise<void>((resolve) => setTimeout(resolve))
    await new Promise<void>((resolve) => setTimeout(resolve))
    return 'proven'
  })
  answers = [stepUp(), stepUp()]
  await Promise.all([request('PUT', '/api/a', nothing), request('PUT', '/api/b', nothing)])
  expect([asked, seen.length]).toEqual([1, 4])
  stop()
})

it('when she declines, or nobody can ask her, the refusal is shown as any other', async () => {
  answers = [stepUp()]
  expect(await caught(request('PUT', '/api/a', nothing))).toMatchObject({ status: 403, refusal: { why: 'Show once more that it is you.' } })
  const stop = onStepUp(() => Promise.resolve('declined'))
  answers = [stepUp()]
  expect(await caught(request('PUT', '/api/a', nothing))).toMatchObject({ status: 403 })
  expect(seen).toHaveLength(2)
  stop()
})
