import type { CareWindow, Limit } from './policy.ts'
import type { Tx } from './tx.ts'

/** A person at a session, as the sources of standing see her. */
export interface Present {
  userId: string
  roles: readonly string[]
  /** The roles with which hers began: the same for those that Nacre ships. */
  basedOn: readonly string[]
  locationIds: readonly string[]
  /** Where her day begins and ends: of the first of her locations, by name. */
  timeZone: string
  /** Since when she has been on the team. */
  since: string
  /** Left out when somebody asks about her while she is not there. */
  sessionId?: string
  /** The enrolled device to which the session is bound. */
  deviceId?: string | undefined
  /** What the browser showed as proof that it still is at that device. */
  proof?: string | undefined
}
/** What a module has to say of a person now, beyond her roles. */
export interface Standing {
  /** What her training, licence, attestations or device take away. */
  limits?: readonly Limit[]
  /** Patients of other locations whom she may reach for a while. */
  elsewhere?: readonly string[]
  care?: CareWindow
}
export type StandingSource = (tx: Tx, person: Present) => Promise<Standing>

const SOURCES: StandingSource[] = []
/** Modules after identity add what they know of a person: asked whenever a session is resolved (every few seconds), never for each request. */
export const standing = (source: StandingSource): StandingSource => {
  SOURCES.push(source)
  return source
}

export const standingOf = async (tx: Tx, person: Present): Promise<{ limits: Limit[]; elsewhere: string[]; care?: CareWindow }> => {
  // Side by side: their questions leave the process together.
  const found = await Promise.all(SOURCES.map((source) => source(tx, person)))
  const care = found.find((standing) => standing.care)?.care
  return { limits: found.flatMap((s) => s.limits ?? []), elsewhere: found.flatMap((s) => s.elsewhere ?? []), ...(care ? { care } : {}) }
}
