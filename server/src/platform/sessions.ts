import { LRUCache } from 'lru-cache'
import type { FastifyRequest } from 'fastify'
import { tooMany, unauthenticated } from '#kernel/errors.ts'
import type { Perform } from '#kernel/perform.ts'
import type { Actor } from '#kernel/policy.ts'
import { publicActor } from '#kernel/roles.ts'
import type { Door } from '#kernel/route.ts'

/** What turns a cookie into an actor: identity for staff, forms for patients' links, portal for patients who signed in. */
export interface Resolvers {
  /** `proof`: what the browser shows of the device at which it is. */
  staff: (perform: Perform, practiceId: string, token: string, proof?: string) => Promise<{ actor: Actor; locked: boolean }>
  link: (perform: Perform, practiceId: string, token: string) => Promise<{ actor: Actor; locked: boolean }>
  /** The token of an integration. */
  bearer: (perform: Perform, practiceId: string, secret: string) => Promise<Actor>
  patient: (perform: Perform, practiceId: string, token: string) => Promise<{ actor: Actor; locked: boolean }>
  /** Called when a person (not background polling) used a session. */
  touch: (perform: Perform, actor: Actor) => Promise<void>
  touchEveryMs: number
}

/** An ended session is refused within this time by every process; at once by the one that ended it. */
const CACHED_FOR_MS = 3000
const WHILE_LOCKED = new Set(['session.view', 'session.try-unlock', 'session.unlock', 'session.ask-passkey', 'session.end', 'session.lock'])
const BACKGROUND = 'nacre-background'
const BEARER = /^Bearer nacre_(prc_[0-9a-hjkmnp-tv-z]{26})\.([\w-]{20,100})$/i
const BAD_TOKENS_A_MINUTE = 20

/** A program with a token. Browsers never add this header by themselves: another site cannot make them. */
export const hasToken = (req: FastifyRequest): boolean => /^Bearer /i.test(req.headers.authorization ?? '')
const COOKIES = { staff: 'nacre', link: 'nacre-link', patient: 'nacre-patient' } as const

/** A household or an office has a whole /64 of IPv6: its addresses count as one. */
const networkOf = (ip: string): string => (ip.includes(':') && !ip.includes('.') ? ip.split(':').slice(0, 4).join(':') : ip)

/** Resolves who is asking, with a short memory so that a session costs no round trip on each request. */
export const sessions = (perform: Perform, resolvers: Resolvers, practices: { only: () => Promise<string>; has: (practiceId: string) => Promise<boolean> }) => {
  const known = new LRUCache<string, { actor: Actor; locked: boolean; proof: string | undefined }>({ max: 10_000, ttl: CACHED_FOR_MS })
  const touched = new LRUCache<string, number>({ max: 10_000 })

  const split = (cookie: string) => {
    const [practiceId = '', token = '', ...rest] = cookie.split('.')
    if (!/^prc_[0-9a-hjkmnp-tv-z]{26}$/.test(practiceId) || token === '' || rest.length > 0) throw unauthenticated()
    return { practiceId, token }
  }
  /** How often something was forgotten. */
  let forgotten = 0
  const resolve = async (door: keyof typeof COOKIES, cookie: string | undefined, isBackground: boolean, action: string, proof?: string): Promise<Actor> => {
    if (!cookie) throw unauthenticated(door === 'link' ? 'Open the link from your message again.' : undefined)
    const key = `${door} ${cookie}`
    const { practiceId, token } = split(cookie)
    const kept = known.get(key)
    const remembered = kept?.proof === proof ? kept : undefined
    // The first touch of a practice makes its keys: a cookie that somebody invented must not.
    if (!remembered && !(await practices.has(practiceId))) throw unauthenticated()
    const before = forgotten
    const found = remembered ?? (await resolvers[door](perform, practiceId, token, proof))
    // Only what was just resolved: setting it again would make the memory last as long as the session is used. And not what was asked for
    // before something was forgotten: it may be what was forgotten.
    if (!remembered && forgotten === before) known.set(key, { ...found, proof })
    const { actor, locked } = found
    if (locked && !WHILE_LOCKED.has(action)) throw unauthenticated('The screen is locked. Enter your password to go on; nothing you typed is lost.')
    const last = touched.get(cookie) ?? 0
    if (door !== 'link' && !locked && !isBackground && Date.now() - last > resolvers.touchEveryMs) {
      touched.set(cookie, Date.now())
      await resolvers.touch(perform, actor)
    }
    return actor
  }
  const badTokens = new LRUCache<string, number>({ max: 10_000, ttl: 60_000 })
  const tokens = new LRUCache<string, Actor>({ max: 10_000, ttl: CACHED_FOR_MS })
  const asked = new Map<string, Promise<Actor>>()
  const ask = async (header: string, ip: string): Promise<Actor> => {
    const bad = (badTokens.get(ip) ?? 0) + 1
    if (bad > BAD_TOKENS_A_MINUTE) throw tooMany(60, 'Too many wrong tokens from here. Wait a minute.')
    // Counted before it is known whether it is right, so that parallel guesses cannot slip through.
    badTokens.set(ip, bad)
    const [, practiceId = '', secret = ''] = BEARER.exec(header) ?? []
    // A practice that is not here gets no keys and no trail because somebody made up its name.
    if (secret === '' || !(await practices.has(practiceId))) throw unauthenticated('This token is not accepted.')
    const before = forgotten
    const actor = await resolvers.bearer(perform, practiceId, secret)
    badTokens.set(ip, (badTokens.get(ip) ?? 1) - 1)
    if (forgotten === before) tokens.set(header, actor)
    return actor
  }
  const ofToken = (req: FastifyRequest): Promise<Actor> | Actor => {
    const header = req.headers.authorization ?? ''
    const remembered = tokens.get(header)
    if (remembered) return remembered
    // Requests that come at once with one token ask once. Each refusal is its own: wrong ones are asked, and recorded, one by one.
    const already = asked.get(header)
    if (already) return already.catch(() => ask(header, req.ip))
    const answer = ask(header, req.ip).finally(() => asked.delete(header))
    asked.set(header, answer)
    return answer
  }
  return {
    whoIs: async (doors: readonly Door[], req: FastifyRequest, action: string): Promise<Actor> => {
      // Whoever comes with a token is whoever the token says: a cookie beside it counts for nothing.
      if (doors.includes('staff') && hasToken(req)) return ofToken(req)
      const closed = doors.filter((door) => door !== 'public')
      const door = closed.find((one) => req.cookies[COOKIES[one]] !== undefined) ?? closed[0]
      if (!door || closed.length < doors.length) return { ...publicActor(await practices.only()), network: networkOf(req.ip) }
      const proof = door === 'staff' ? req.cookies['nacre-proof'] : undefined
      return resolve(door, req.cookies[COOKIES[door]], req.headers[BACKGROUND] !== undefined, action, proof)
    },
    /** Forgets a session at once: it was ended, locked or unlocked. */
    forget: (cookie: string | undefined) => {
      if (!cookie) return
      forgotten++
      for (const door of Object.keys(COOKIES)) known.delete(`${door} ${cookie}`)
    },
    /** Somebody's access was changed: everybody is asked about again. */
    forgetAll: () => {
      forgotten++
      known.clear()
      tokens.clear()
    },
  }
}
export type Sessions = ReturnType<typeof sessions>
