import { UserId } from '#kernel/id.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'

/** Names of people of the team, opened only for those who occur; jobs by their own name. */
export const namesOf = async (tx: Tx, ids: readonly (string | undefined)[]): Promise<(id: string | undefined) => string> => {
  const wanted = [...new Set(ids)].flatMap((id) => UserId.safeParse(id).data ?? [])
  const people = wanted.length > 0 ? await tx.list(user, { id: oneOf(wanted) }, { open: ['name'] }) : []
  const names = new Map<string, string>(people.map((p) => [p.id, p.name]))
  return (id = '') => names.get(id) ?? (id.startsWith('job:') ? 'Nacre' : id.startsWith('operator:') ? 'an administrator' : id)
}
export const meIn = (tx: Tx) => UserId.parse(tx.actor.id)
