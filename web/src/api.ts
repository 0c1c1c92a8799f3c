import type { Middleware } from 'openapi-fetch'
import { renewProof } from './device/device-proof.ts'

/**
 * The way to the server: same origin, JSON, one error class.
 *
 * `request` is the plain client. `nacreMiddleware` and `retryingFetch` give openapi-fetch the same behaviour:
 *   const api = createClient<paths>({ baseUrl: '', fetch: retryingFetch }); api.use(nacreMiddleware)
 */

/** What the law or the practice's rules have to say when the answer is no. Mirrors the server's `Refusal`. */
export interface Refusal {
  /** one sentence: why */
  readonly why: string
  /** the rule, as a person would cite it: "45 CFR 164.508(a)(3)", or its name */
  readonly rule: string
  readonly whoCanFix: string
  /** the action that was refused: what “Why?” asks about */
  readonly action?: string
  readonly fix?: { readonly label: string; readonly href: string }
  /** present only where the law allows to go on, for a limited time, with a reason that somebody reviews */
  readonly override?: RefusalOverride
}

export interface RefusalOverride {
  readonly label?: string
  /** the action that opens it */
  readonly action?: string
  /** how long it stays open */
  readonly minutes?: number
}

export interface FieldError {
  /** dotted path into the body that was sent, e.g. "contact.email" */
  readonly path: string
  readonly message: string
}

interface ProblemContent {
  status: number
  title: string
  detail?: string | undefined
  refusal?: Refusal | undefined
  errors?: readonly FieldError[] | undefined
  reference?: string | undefined
}

/** An answer that is not a success: RFC 9457 `application/problem+json`, or status 0 when no answer came at all. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly refusal: Refusal | undefined
  readonly errors: readonly FieldError[]
  /** what to tell support: names the trail entry and the log line, never a person */
  readonly reference: string | undefined

  constructor(content: ProblemContent) {
    super(content.title)
    this.status = content.status
    this.title = content.title
    this.detail = content.detail
    this.refusal = content.refusal
    this.errors = content.errors ?? []
    this.reference = content.reference
  }

  /** True when no answer came: offline, or the server is restarting. Nothing is known about the outcome. */
  get isOffline(): boolean {
    return this.status === 0
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const count = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function readOverride(value: unknown): RefusalOverride | undefined {
  if (!isObject(value)) return value === true ? {} : undefined
  const label = text(value.label)
  const action = text(value.action)
  const minutes = count(value.minutes)
  return { ...(label && { label }), ...(action && { action }), ...(minutes && { minutes }) }
}

function readRefusal(value: unknown, refused: unknown): Refusal | undefined {
  if (!isObject(value)) return undefined
  const why = text(value.why)
  if (!why) return undefined
  const label = isObject(value.fix) ? text(value.fix.label) : undefined
  const href = isObject(value.fix) ? text(value.fix.href) : undefined
  const override = readOverride(value.override)
  const action = text(refused)
  return {
    why,
    rule: text(value.citation) ?? text(value.rule)?.replaceAll('-', ' ') ?? '',
    whoCanFix: text(value.whoCanFix) ?? '',
    ...(action && { action }),
    ...(label && href && { fix: { label, href } }),
    ...(override && { override }),
  }
}

function readFieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown) => {
    if (!isObject(entry)) return []
    const message = text(entry.message)
    return message ? [{ path: text(entry.path) ?? '', message }] : []
  })
}

/** Reads any failed response into a Problem; a proxy's HTML page becomes an honest sentence, never raw text. */
export async function problemFrom(response: Response): Promise<Problem> {
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  const body: unknown = isJson ? await response.json().catch(() => undefined) : undefined
  const content = isObject(body) ? body : {}
  return new Problem({
    status: response.status,
    title: text(content.title) ?? titleOf(response.status),
    detail: text(content.detail),
    refusal: readRefusal(content.refusal, content.action),
    errors: readFieldErrors(content.errors),
    reference: text(content.reference) ?? response.headers.get('x-request-id') ?? undefined,
  })
}

function titleOf(status: number): string {
  if (status === 401) return 'You are signed out'
  if (status === 403) return 'This is not open to you'
  if (status === 404) return 'This is not here'
  if (status === 409) return 'Somebody was faster'
  if (status === 413) return 'This file is too large'
  if (status === 429) return 'Too many attempts'
  return status >= 500 ? 'The server could not finish this' : 'The server did not accept this'
}

const unreachable = () => new Problem({ status: 0, title: 'No connection to the server' })

const isUnsafe = (method: string) => !['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase())
const isAborted = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'

/** Gateways answer these while the server restarts; the Idempotency-Key makes asking again safe. */
const passing = new Set([502, 503, 504])
const retryDelaysMs = [250, 1000]
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * Asks again (twice) when no answer came or a gateway answered for the server. Safe methods and requests
 * with an Idempotency-Key only; the key travels unchanged. Rejects with a Problem of status 0 when nothing helped.
 * Where the device's proof has run out, it is renewed and the request sent once more: a refusal has changed nothing.
 */
async function repeatingFetch(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await persistentFetch(request)
  if (!(await lacksProof(response)) || (await renewProof()) !== 'proven') return response
  return persistentFetch(again)
}

/** The session is at an enrolled device whose proof ran out, e.g. while the laptop slept. */
async function lacksProof(response: Response): Promise<boolean> {
  if (response.status !== 403) return false
  const body: unknown = await response.clone().json().catch(() => undefined)
  return isObject(body) && isObject(body.refusal) && body.refusal.rule === 'device-proof'
}

async function persistentFetch(request: Request): Promise<Response> {
  const mayRepeat = !isUnsafe(request.method) || request.headers.has('Idempotency-Key')
  for (const delayMs of mayRepeat ? retryDelaysMs : []) {
    const response = await fetch(request.clone()).catch((error: unknown) => {
      if (isAborted(error)) throw error
      return undefined
    })
    if (response && !passing.has(response.status)) return response
    await pause(delayMs)
  }
  return fetch(request).catch((error: unknown) => {
    throw isAborted(error) ? error : unreachable()
  })
}

/** Shows once more who is here. `proven`: the call that was refused for want of it is made again. */
export type Prover = () => Promise<'proven' | 'declined'>
let prover: Prover | undefined
let proving: Promise<'proven' | 'declined'> | undefined

/** Whoever shows the dialog says so here. Returns the way to stop. */
export function onStepUp(ask: Prover): () => void {
  prover = ask
  return () => {
    if (prover === ask) prover = undefined
  }
}

async function asksForProof(response: Response): Promise<boolean> {
  if (response.status !== 403 || !prover) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return isObject(body) && isObject(body.refusal) && body.refusal.rule === 'step-up'
}

/** Calls that are refused at the same moment are answered by one dialog. */
function provenNow(): Promise<'proven' | 'declined'> {
  proving ??= (prover?.() ?? Promise.resolve<'declined'>('declined')).finally(() => (proving = undefined))
  return proving
}

/**
 * `fetch` that asks again when no answer came, and that lets the person show who she is when the server wants that first
 * (a refusal of the rule `step-up`): the same request then goes out once more, so that nothing typed is lost on any page.
 */
export async function retryingFetch(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await repeatingFetch(request)
  if (!(await asksForProof(response)) || (await provenNow()) === 'declined') return response
  return repeatingFetch(again)
}

type SignedOutListener = () => void
const signedOutListeners = new Set<SignedOutListener>()

/** Calls back when the server says 401 to anything but the session question itself. Returns the way to stop. */
export function onSignedOut(listener: SignedOutListener): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

function tellIfSignedOut(request: Request, problem: Problem): void {
  const asksForSession = new URL(request.url).pathname.startsWith('/api/session')
  if (problem.status === 401 && !asksForSession) for (const listener of signedOutListeners) listener()
}

function prepare(request: Request): Request {
  if (isUnsafe(request.method) && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', crypto.randomUUID())
  }
  request.headers.set('Accept', 'application/json, application/problem+json')
  return request
}

async function refuseFailure(request: Request, response: Response): Promise<void> {
  if (response.ok) return
  const problem = await problemFrom(response)
  tellIfSignedOut(request, problem)
  throw problem
}

/** For openapi-fetch: keys on unsafe methods, a thrown Problem for every failure. */
export const nacreMiddleware: Middleware = {
  onRequest: ({ request }) => prepare(request),
  onResponse: ({ request, response }) => refuseFailure(request, response),
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface RequestOptions {
  query?: Query
  /** sent as JSON; a Blob or FormData is sent as it is */
  body?: unknown
  /** give one per user intention when the caller itself retries (see `newIntention`); otherwise each call gets its own */
  idempotencyKey?: string
  /** polling and prefetching: tells the server (header Nacre-Background: 1) that no person is behind it, so idle time runs on */
  background?: 'yes'
  signal?: AbortSignal
}

/** A key for one user intention, e.g. made when the form opens: pressing "Book" twice books once. */
export const newIntention = (): string => crypto.randomUUID()

function urlOf(path: string, query: Query = {}): string {
  const url = new URL(path, window.location.origin)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  return url.href
}

function bodyOf(body: unknown): { body?: BodyInit; contentType?: string } {
  if (body === undefined) return {}
  if (body instanceof Blob) return { body, ...(body.type && { contentType: body.type }) }
  if (body instanceof FormData) return { body }
  return { body: JSON.stringify(body), contentType: 'application/json' }
}

function requestOf(method: string, path: string, options: RequestOptions): Request {
  const { body, contentType } = bodyOf(options.body)
  const headers = new Headers()
  if (contentType) headers.set('Content-Type', contentType)
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
  if (options.background) headers.set('Nacre-Background', '1')
  return new Request(urlOf(path, options.query), {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body !== undefined && { body }),
    ...(options.signal && { signal: options.signal }),
  })
}

/** Turns JSON into a typed value or throws, e.g. a zod schema's `parse`. */
export type Parse<T> = (value: unknown) => T

/**
 * One request. `parse` stands at the edge; behind it the value is trusted.
 * Throws Problem for every failure and DOMException `AbortError` when `signal` fired. 204 is parsed as undefined.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  parse: Parse<T>,
  options: RequestOptions = {},
): Promise<T> {
  const prepared = prepare(requestOf(method, path, options))
  const response = await retryingFetch(prepared)
  await refuseFailure(prepared, response)
  if (response.status === 204) return parse(undefined)
  const body: unknown = await response.json()
  return parse(body)
}

/** For answers without content. */
export const nothing: Parse<void> = () => undefined
