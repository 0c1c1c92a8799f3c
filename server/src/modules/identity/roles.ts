import { rolesWith } from '#kernel/roles.ts'
import type { Tx } from '#kernel/tx.ts'
import { roleChange } from './schema.ts'

/** The roles of this practice by name: those that Nacre ships, as it changed them, and its own. */
export const rolesOfPractice = async (tx: Tx): Promise<ReturnType<typeof rolesWith>> => rolesWith(await tx.list(roleChange, {}))
