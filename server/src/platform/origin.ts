import type { FastifyRequest } from 'fastify'
import type { Origin } from '#kernel/origin.ts'

/** By this the server knows a browser again at the next sign-in. It opens nothing. */
export const BROWSER_COOKIE = 'nacre-browser'
export const BROWSER_SECONDS = 400 * 86_400

/** Where a request came from, for actions that must know (kernel/origin.ts). */
export const originOf = (req: FastifyRequest): Origin => ({
  network: req.ip,
  agent: (req.headers['user-agent'] ?? '').slice(0, 400),
  // On unsafe methods a browser names itself, and http.ts has compared that with the host.
  site: req.headers.origin ?? `${req.protocol}://${req.host}`,
  mark: (req.cookies[BROWSER_COOKIE] ?? '').slice(0, 100),
})
