import { LRUCache } from 'lru-cache'
import type { FastifyRequest } from 'fastify'
import { unauthenticated } from '#kernel/errors.ts'
import type { Perform } from '#kernel/perform.ts'
import type { Actor } from '#kernel/policy.ts'
import { publicActor } from '#kernel/roles.ts'
import type { Door } from '#kernel/route.ts'

/** What turns a cookie into an actor: identity for staff, forms for patients' links. */
export interface Resolvers {
  staff: (perform: Perform, practiceId: string, token: string) => Promise<Actor>
  link: (perform: Perform, practiceId: string, token: string) => Promise<Actor>
  /** Called when a person (not background polling) used a session. */
  touch: (perform: Perform, actor: Actor) => Promise<void>
  touchEveryMs: number
}

/** An ended session is refused within this time by every process; at once by the one that ended it. */
const CACHED_FOR_MS = 3000
const BACKGROUND = 'x-nacre-background'

/** Resolves who is asking, with a short memory so that a session costs no round trip on each request. */
export const sessions = (perform: Perform, resolvers: Resolvers, onlyPractice: () => Promise<string>) => {
  const known = new LRUCache<string, { actor: Actor; touchedAt: number }>({ max: 10_000, ttl: CACHED_FOR_MS })
  const touched = new LRUCache<string, number>({ max: 10_000 })

  const split = (cookie: string) => {
    const [practiceId = '', token = ''] = cookie.split('.')
    if (!/^prc_[0-9a-hjkmnp-tv-z]{26}$/.test(practiceId) || token === '') throw unauthenticated()
    return { practiceId, token }
  }
  const resolve = async (door: 'staff' | 'link', cookie: string | undefined, isBackground: boolean): Promise<Actor> => {
    if (!cookie) throw unauthenticated(door === 'staff' ? undefined : 'Open the link from your message again.')
    const key = `${door} ${cookie}`
    const hit = known.get(key)
    const { practiceId, token } = split(cookie)
    const actor = hit?.actor ?? (await resolvers[door](perform, practiceId, token))
    if (!hit) known.set(key, { actor, touchedAt: 0 })
    const last = touched.get(cookie) ?? 0
    if (door === 'staff' && !isBackground && Date.now() - last > resolvers.touchEveryMs) {
      touched.set(cookie, Date.now())
      await resolvers.touch(perform, actor)
    }
    return actor
  }
  return {
    whoIs: async (door: Door, req: FastifyRequest): Promise<Actor> => {
      if (door === 'public') return publicActor(await onlyPractice())
      return resolve(door, req.cookies[door === 'staff' ? 'nacre' : 'nacre-link'], req.headers[BACKGROUND] !== undefined)
    },
    /** Forgets a session at once: it was ended. */
    forget: (cookie: string | undefined) => {
      if (!cookie) return
      known.delete(`staff ${cookie}`)
      known.delete(`link ${cookie}`)
    },
  }
}
export type Sessions = ReturnType<typeof sessions>
