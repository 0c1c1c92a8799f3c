import { z } from 'zod'
import { event } from '#kernel/event.ts'
import { UserId, type Id } from '#kernel/id.ts'
import { after } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { session } from './schema.ts'

/** `left`: she works here no more. `recovered`: she lost her factors and chose new ones. */
export type WhyEnded = 'left' | 'recovered'
/** Something by which a person gets in: ended in the same transaction as her access, and counted in the certificate. */
export interface Ending {
  /** In the plural, as the certificate says it: "passkeys". */
  what: string
  on: readonly WhyEnded[]
  end: (tx: Tx, userId: Id<'usr'>) => Promise<number>
}
const ENDINGS: Ending[] = []
/** Whatever lets a person in (passkeys, PINs, devices) says here how it ends. */
export const whenAccessEnds = (ending: Ending): Ending => {
  ENDINGS.push(ending)
  return ending
}

export const endAccess = async (tx: Tx, userId: Id<'usr'>, why: WhyEnded) => {
  const ended: { what: string; count: number }[] = []
  for (const { what, on, end } of ENDINGS) if (on.includes(why)) ended.push({ what, count: await end(tx, userId) })
  return ended
}

/** For later modules: somebody works here no more. */
export const userLeft = event({ name: 'user.left', input: z.object({ userId: UserId }) })
/** For later modules: somebody's factors are new; what was bound to the old ones is worth nothing. */
export const factorsReset = event({ name: 'user.factors-reset', input: z.object({ userId: UserId }) })

whenAccessEnds({
  what: 'sessions',
  on: ['left', 'recovered'],
  async end(tx, userId) {
    const open = await tx.list(session, { userId, endedAt: null, expiresAt: after(tx.now) })
    for (const { id } of open) await tx.change(session, { id }, { endedAt: tx.now })
    return open.length
  },
})
