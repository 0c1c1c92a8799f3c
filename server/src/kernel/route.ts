import type { Action } from './action.ts'

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  action: Action<unknown, unknown>
  /** `bytes`: the request's body is the input's `bytes`. An answer that is a ticket is sent as the bytes that it opens. */
  body: 'json' | 'bytes'
  /** `raw`: the body is the input's `bytes` whatever it says it is, for a signature over it. `may be gzip`: it may be compressed. */
  coding?: 'raw' | 'may be gzip'
  /** Request headers that are part of the input: header → field. */
  headers?: Record<string, string>
  /** Who may come: staff by their session, a patient by the link she was sent or by her own sign-in, or anybody. The first of `doors`. */
  door: Door
  /** All the doors that lead here. Which one somebody came by, her cookie says; a browser holds at most one of a patient's. */
  doors: readonly Door[]
  /** Performed and committed before the action with the same input: counts a try before it is known whether it succeeds. */
  first?: Action<unknown, unknown>
  /** The answer's `token` becomes this cookie and is not sent otherwise. */
  setsCookie?: CookieName
  /** The answer's `proof` becomes the cookie nacre-proof, for this long, and is not sent otherwise. */
  setsProof?: { seconds: number }
  clearsCookie?: CookieName
  /** The platform adds to the input, as `origin`, where the request came from (origin.ts). */
  adds?: 'origin'
  /** Ends sessions other than the own: what this process remembers of sessions is asked anew, so that they are refused at once. */
  ends?: 'sessions'
  /** At most this many requests from one address. */
  rate?: { max: number; perSeconds: number }
}
export type Door = 'staff' | 'link' | 'patient' | 'public'
export type CookieName = 'nacre' | 'nacre-link' | 'nacre-patient'

type Method = Route['method']

/** A line of the HTTP table. There are no handlers: path, query and body together are the action's input. */
export const route = <I, O>(
  line: `${Method} /api/${string}`,
  action: Action<I, O>,
  options: Partial<Pick<Route, 'body' | 'coding' | 'headers' | 'setsProof' | 'setsCookie' | 'clearsCookie' | 'rate' | 'adds' | 'ends'>> & { door?: Door | readonly [Door, ...Door[]]; first?: Action<I, unknown> } = {},
): Route => {
  const [method, url] = line.split(/\s+/) as [Method, string]
  const { first, door = 'staff', ...rest } = options
  const doors: readonly [Door, ...Door[]] = typeof door === 'string' ? [door] : door
  return {
    method,
    url,
    action: action as Action<unknown, unknown>,
    body: 'json',
    door: doors[0],
    doors,
    ...(first ? { first: first as Action<unknown, unknown> } : {}),
    ...rest,
  }
}
