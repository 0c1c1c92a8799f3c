import { after, other } from '#kernel/statement.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { session } from './schema.ts'

type Session = Value<typeof session>

/** Ends every open session of a person, but for one. Answers how many. Routes that do so say `ends: 'sessions'`. */
export const endSessionsOf = async (tx: Tx, userId: Session['userId'], except?: Session['id']): Promise<number> => {
  const open = await tx.list(session, { userId, endedAt: null, expiresAt: after(tx.now), ...(except ? { id: other(except) } : {}) }, { open: [] })
  for (const { id } of open) await tx.change(session, { id }, { endedAt: tx.now })
  return open.length
}
