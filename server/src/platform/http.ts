import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import fastifyCookie from '@fastify/cookie'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { invalid, Problem, unauthenticated } from '#kernel/errors.ts'
import type { Actor } from '#kernel/policy.ts'
import { newId } from '#kernel/id.ts'
import type { Perform } from '#kernel/perform.ts'
import type { CookieName, Route } from '#kernel/route.ts'
import { Ticket } from '#kernel/ticket.ts'
import { faultOf, type Log } from './log.ts'
import { openApi } from './openapi.ts'
import { BROWSER_COOKIE, BROWSER_SECONDS, originOf } from './origin.ts'
import { hasToken, type Sessions } from './sessions.ts'

export interface HttpHands {
  routes: readonly Route[]
  perform: Perform
  sessions: Sessions
  /** Opens the bytes behind a ticket: the file door. */
  redeem: (ticket: Ticket) => Promise<Buffer>
  log: Log
  version: string
  isReady: () => Promise<boolean>
  /** The folder of the built web app. */
  webDir?: string
  tls?: { certFile: string; keyFile: string }
  /** Addresses of proxies that are believed when they say for whom they ask. By default those on this machine. */
  trustedProxies?: readonly string[]
  /** Endpoints that are no actions: set-up, before there is anybody who could act. */
  extend?: (app: FastifyInstance) => void
}

const MOST_BYTES_JSON = 1024 * 1024
export const MOST_BYTES_UPLOAD = 40 * 1024 * 1024
const SESSION_HOURS = 12
/** Actions by which somebody's access changes: who is signed in is looked at anew. */
const CHANGES_ACCESS = /^(user|role|token|recovery)\./
const PATIENTS_COOKIES: readonly CookieName[] = ['nacre-link', 'nacre-patient']
/** 40 MB over a slow line. */
const LONGEST_REQUEST_MS = 300_000
const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  const { statusCode, message } = error instanceof Error ? (error as Error & { statusCode?: number }) : { statusCode: 500, message: '' }
  if (statusCode === 429) return new Problem(429, 'Too many tries', 'Too many requests from here. Wait a minute, then try again.')
  if (statusCode === 413) return new Problem(413, 'Too large', 'This is larger than can be taken. Nothing was saved.')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && /json|body|content/i.test(message))
    return new Problem(statusCode, 'Not understood', 'The request could not be read. Nothing was saved.')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new Problem(statusCode, 'Not understood', 'The request could not be answered.')
  return new Problem(500, 'A fault of ours', 'Something failed on our side and was undone: nothing was saved. Try again; if it happens again, tell your administrator the reference.')
}

/** Cross-site requests with a cookie are refused twice over: SameSite=Strict, and this. */
const isCrossSite = (req: FastifyRequest): boolean => {
  const site = req.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin } = req.headers
  // `Origin: null` (a sandboxed frame, a file) is nobody's: it cannot be ours.
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== req.headers.host)
}

const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  // Mantine sets style attributes; no style is ever built from what people type.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer. Constants, so that a request does not pay for building them. */
const securityHeaders = (isTls: boolean): Record<string, string> => ({
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), browsing-topics=()',
  ...(isTls ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
})

/** A text that no database, e-mail or other program keeps as it is: NUL, or half of a surrogate pair. */
const isUnfit = (text: string) => text.includes('\0') || !text.isWellFormed()

/** Not recursive: what was sent may be nested as deep as it is long. */
const holdsUnfit = (value: unknown): boolean => {
  const left = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one === 'string' && isUnfit(one)) return true
    if (typeof one !== 'object' || one === null || Buffer.isBuffer(one)) continue
    for (const [name, inner] of Object.entries(one)) {
      if (isUnfit(name)) return true
      left.push(inner)
    }
  }
  return false
}

/** Path, query, body and the headers that the route names, as one input. */
const inputOf = (req: FastifyRequest, { body, coding, headers = {} }: Pick<Route, 'body' | 'coding' | 'headers'>): Record<string, unknown> => {
  const sent = body === 'bytes' || coding === 'raw' ? { bytes: req.body } : (req.body ?? {})
  if (typeof sent !== 'object' || Array.isArray(sent) || Buffer.isBuffer(sent)) throw new Problem(415, 'Not understood', 'Send a JSON object. Nothing was saved.')
  const named = Object.fromEntries(Object.entries(headers).map(([header, field]) => [field, req.headers[header]]))
  const [query, params]: object[] = [Object(req.query), Object(req.params)]
  const input: Record<string, unknown> = { ...query, ...sent, ...named, ...params }
  const unfit = Object.entries(input).filter(([name, value]) => isUnfit(name) || holdsUnfit(value))
  if (unfit.length > 0) throw invalid(unfit.map(([name]) => ({ path: isUnfit(name) ? '' : name, message: 'holds a character that cannot be kept' })))
  return input
}

const handler = ({ perform, sessions, redeem, actorOf }: Pick<HttpHands, 'perform' | 'sessions' | 'redeem'> & { actorOf: (req: FastifyRequest) => Actor }, route: Route, isTls: boolean) => {
  const { action, first, setsCookie, setsProof, clearsCookie, adds, ends } = route
  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'strict' as const, secure: isTls }
  return async (req: FastifyRequest, reply: FastifyReply) => {
    const actor = actorOf(req)
    const input = { ...inputOf(req, route), ...(adds ? { origin: originOf(req) } : {}) }
    const key = req.headers['idempotency-key']
    const options = { request: req.id, ...(typeof key === 'string' && UNSAFE.has(req.method) && !setsCookie && !setsProof ? { idempotencyKey: key.slice(0, 200) } : {}) }
    if (first) {
      await perform(first, actor, input, { request: req.id })
      // Counting a wrong try may have ended the session, even though what follows fails.
      if (first.name.startsWith('session.')) sessions.forget(req.cookies['nacre'])
    }
    const answer = await perform(action, actor, input, options)
    // What was remembered while the action ran may be older than what it changed.
    if (action.name.startsWith('session.') || action.changesStanding) sessions.forget(req.cookies['nacre'])
    if (ends || (UNSAFE.has(req.method) && CHANGES_ACCESS.test(action.name))) sessions.forgetAll()
    if (UNSAFE.has(req.method) && action.name.startsWith('portal.')) sessions.forget(req.cookies['nacre-patient'])
    if (answer instanceof Ticket) return reply.type(answer.contentType).send(await redeem(answer))
    if (setsProof && typeof answer === 'object' && answer !== null && 'proof' in answer) {
      reply.setCookie('nacre-proof', String(answer.proof), { ...cookieOptions, maxAge: setsProof.seconds })
      delete answer.proof
    }
    if (setsCookie && typeof answer === 'object' && answer !== null && 'token' in answer) {
      const { token, mark, ...rest } = answer as { token: unknown; mark?: unknown }
      // A browser holds one way in as a patient: whoever comes next on a shared tablet does not act as who was there before.
      for (const other of PATIENTS_COOKIES) if (req.cookies[other] !== undefined && other !== setsCookie && PATIENTS_COOKIES.includes(setsCookie)) reply.clearCookie(other, cookieOptions)
      reply.setCookie(setsCookie, String(token), { ...cookieOptions, maxAge: SESSION_HOURS * 3600 })
      if (typeof mark === 'string' && mark !== '') reply.setCookie(BROWSER_COOKIE, mark, { ...cookieOptions, maxAge: BROWSER_SECONDS })
      return reply.send(rest)
    }
    if (clearsCookie) {
      sessions.forget(req.cookies[clearsCookie])
      reply.clearCookie(clearsCookie, cookieOptions)
      if (clearsCookie === 'nacre') reply.clearCookie('nacre-proof', cookieOptions)
    }
    return reply.type('application/json').send(answer ?? {})
  }
}

/** A compressed body, made plain before it is read. The limit of the body counts what comes out, so that a bomb costs nothing. */
const inflated = async (req: FastifyRequest, _reply: FastifyReply, payload: Readable): Promise<Readable> => {
  const coding = req.headers['content-encoding']
  if (coding === undefined || coding === 'identity') return payload
  if (coding !== 'gzip') throw new Problem(415, 'Not understood', 'The body may be plain or gzip.')
  const plain = Object.assign(payload.pipe(createGunzip()), { receivedEncodedLength: 0 })
  payload.on('data', (chunk: Buffer) => (plain.receivedEncodedLength += chunk.length))
  payload.on('error', (error) => plain.destroy(error))
  return plain
}

/** Turns the route table into HTTP. The only file that knows Fastify's request cycle. */
export const http = async (hands: HttpHands): Promise<FastifyInstance> => {
  const { routes, log, version, tls } = hands
  const secure = tls ? { https: { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile), minVersion: 'TLSv1.2' as const } } : {}
  const app: FastifyInstance = Fastify({
    ...secure,
    bodyLimit: MOST_BYTES_JSON,
    // Fastify's default is none: a body that trickles would hold its connection for ever.
    requestTimeout: LONGEST_REQUEST_MS,
    genReqId: () => newId('req'),
    trustProxy: [...(hands.trustedProxies ?? ['loopback'])],
    logController: new LogController({ disableRequestLogging: true }),
    // The prototype of what was sent is never ours.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
  }) as unknown as FastifyInstance
  await app.register(fastifyCookie)
  await app.register(fastifyRateLimit, { global: false })
  // Taken everywhere, so that a photo sent to the wrong place is told so; large only where the route says it.
  app.addContentTypeParser(/^(image\/.*|application\/octet-stream)$/, { parseAs: 'buffer' }, (_req, body, done) => done(null, body))
  app.removeContentTypeParser('text/plain')
  const actors = new WeakMap<FastifyRequest, Actor>()
  const actorOf = (req: FastifyRequest) => {
    const actor = actors.get(req)
    if (!actor) throw unauthenticated()
    return actor
  }

  const headers = securityHeaders(tls !== undefined)
  app.addHook('onRequest', async (req, reply) => {
    reply.headers(headers).header('x-request-id', req.id)
    // By the route that was found: the address may be written in other ways.
    if (req.url.startsWith('/api/') || req.routeOptions.url?.startsWith('/api/')) reply.header('cache-control', 'no-store')
    if (UNSAFE.has(req.method) && !hasToken(req) && isCrossSite(req)) throw new Problem(403, 'Not from here', 'This request came from another site and was refused.')
  })
  app.addHook('onResponse', async (req, reply) => {
    // The pattern of the route, never the address that was asked for.
    log.info({ event: 'request', method: req.method, route: req.routeOptions.url ?? 'none', status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10, request: req.id })
  })
  app.setErrorHandler((error, req, reply) => {
    const problem = problemOf(error)
    if (problem.status >= 500) log.error({ event: 'fault', route: req.routeOptions.url ?? 'none', request: req.id, fault: faultOf(error) })
    const retry = problem.extra['retryAfterSeconds']
    if (typeof retry === 'number') reply.header('retry-after', retry)
    const { constraint: _, ...extra } = problem.extra
    return reply.code(problem.status).type('application/problem+json').send({ type: 'about:blank', title: problem.title, status: problem.status, detail: problem.message, reference: req.id, ...extra })
  })

  const tell = (on: FastifyInstance, r: Route) =>
    on.route({
      method: r.method,
      url: r.url,
      // Who it is comes first: nobody without a session can make the server take in a body of 40 MB.
      onRequest: async (req) => void actors.set(req, await hands.sessions.whoIs(r.doors, req, r.action.name)),
      handler: handler({ ...hands, actorOf }, r, tls !== undefined),
      ...(r.body === 'bytes' ? { bodyLimit: MOST_BYTES_UPLOAD } : {}),
      ...(r.coding === 'may be gzip' ? { preParsing: inflated } : {}),
      config: r.rate ? { rateLimit: { max: r.rate.max, timeWindow: r.rate.perSeconds * 1000 } } : {},
    })
  for (const r of routes.filter(({ coding }) => coding !== 'raw')) tell(app, r)
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_req, bytes, done) => done(null, bytes))
    for (const r of routes.filter(({ coding }) => coding === 'raw')) tell(raw as unknown as FastifyInstance, r)
  })
  const document = openApi(routes, version)
  app.get('/openapi.json', (_req, reply) => reply.send(document))
  app.get('/healthz', (_req, reply) => reply.send({ status: 'ok' }))
  app.get('/readyz', async (_req, reply) => ((await hands.isReady()) ? reply.send({ status: 'ready' }) : reply.code(503).send({ status: 'not ready' })))
  hands.extend?.(app)

  const { webDir } = hands
  if (webDir) {
    await app.register(fastifyStatic, { root: webDir, index: false, maxAge: '1y', immutable: true, wildcard: true, setHeaders: (res, path) => { if (path.endsWith('.html')) res.header('cache-control', 'no-cache') } })
    app.get('/', (_req, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false }))
  }
  app.setNotFoundHandler((req, reply) => {
    if (webDir && req.method === 'GET' && !req.url.startsWith('/api/')) return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false })
    return reply.code(404).type('application/problem+json').send({ type: 'about:blank', title: 'Not found', status: 404, detail: 'There is no such address.', reference: req.id })
  })
  return app
}
