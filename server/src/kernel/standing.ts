import type { Limit } from './policy.ts'
import type { Tx } from './tx.ts'

/** A person at a session, as the sources of standing see her. */
export interface Present {
  userId: string
  roles: readonly string[]
  /** The roles with which hers began: the same for those that Nacre ships. */
  basedOn: readonly string[]
  locationIds: readonly string[]
  deviceId?: string
}
/** What a module has to say of a person now, beyond her roles. */
export interface Standing {
  /** What her training, licence, attestations or device take away. */
  limits?: readonly Limit[]
  /** Patients of other locations whom she may reach for a while. */
  elsewhere?: readonly string[]
}
export type StandingSource = (tx: Tx, person: Present) => Promise<Standing>

const SOURCES: StandingSource[] = []
/** Modules after identity add what they know of a person: asked whenever a session is resolved (every few seconds), never for each request. */
export const standing = (source: StandingSource): StandingSource => {
  SOURCES.push(source)
  return source
}

export const standingOf = async (tx: Tx, person: Present): Promise<{ limits: Limit[]; elsewhere: string[] }> => {
  const limits: Limit[] = []
  const elsewhere: string[] = []
  for (const source of SOURCES) {
    const found = await source(tx, person)
    limits.push(...(found.limits ?? []))
    elsewhere.push(...(found.elsewhere ?? []))
  }
  return { limits, elsewhere }
}
