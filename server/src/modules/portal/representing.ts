import { Denied, type Refusal } from '#kernel/errors.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { adultOn, isMinor } from '#modules/patients'
import type { PatientId } from '#schema/patients'
import type { z } from 'zod'
import content from '../../../../content/representatives.json' with { type: 'json' }
import { representation, representative, RepresentativeId, type Basis, type Scope } from './schema.ts'

type Representation = Value<typeof representation>

export const authorityOf = (basis: Basis): string => content.bases[basis].authority
export const flags: readonly string[] = content.flags
const endsWithChildhood = (basis: Basis): boolean => content.bases[basis].endsAtAdultAge

/** By its own dates and state. Whether a child has come of age meanwhile is asked when somebody acts: it takes her birth date. */
export const isStanding = ({ state, startsOn, endsOn }: Representation, now: string): boolean => {
  const today = now.slice(0, 10)
  return state === 'confirmed' && startsOn <= today && (endsOn === undefined || today <= endsOn)
}

export const standingOf = async (tx: Tx, representativeId: z.infer<typeof RepresentativeId>): Promise<Representation[]> =>
  (await tx.list(representation, { representativeId, state: 'confirmed' }, { open: [] })).filter((r) => isStanding(r, tx.now))

/** @hipaa 164.502(g)(3) a parent represents a child only until she is of age */
export const isOutgrown = (basis: Basis, birthDate: string, now: string): boolean => endsWithChildhood(basis) && !isMinor(birthDate, now)
/** The moment at which it is over, when that is near: a session must not outlive it. */
export const outgrownAt = (basis: Basis, birthDate: string): string | undefined =>
  endsWithChildhood(basis) ? `${adultOn(birthDate)}T00:00:00.000Z` : undefined

export const isRepresentative = (actorId: string): boolean => RepresentativeId.safeParse(actorId).success

const OVER: Refusal = {
  rule: 'representation-stands',
  citation: 'Personal representatives, 45 CFR 164.502(g)',
  why: 'You no longer act for this patient here: it ended, was not confirmed, or she has come of age.',
  whoCanFix: 'The front desk of the practice',
}

export interface Capacity {
  representationId: Representation['id']
  representativeId: z.infer<typeof RepresentativeId>
  name: string
  basis: Basis
  /** In words, with the paper where there is one: what 45 CFR 164.508(c)(1)(vi) wants described. */
  authority: string
}

/**
 * In what capacity the one who acts signs for this patient; undefined: she is the patient herself.
 * @throws 403 when a representative has no authority in this, now
 */
export const capacityOf = async (tx: Tx, patientId: z.infer<typeof PatientId>, birthDate: string, scope: Scope): Promise<Capacity | undefined> => {
  const who = RepresentativeId.safeParse(tx.actor.id)
  if (!who.success) return undefined
  const all = await tx.list(representation, { patientId, representativeId: who.data, state: 'confirmed' }, { open: ['document'] })
  const found = all.find((r) => isStanding(r, tx.now) && r.scopes.includes(scope) && !isOutgrown(r.basis, birthDate, tx.now))
  if (!found) throw new Denied(OVER)
  const { name } = await tx.get(representative, { id: who.data }, ['name'])
  const authority = [authorityOf(found.basis), found.document].filter(Boolean).join(': ')
  return { representationId: found.id, representativeId: who.data, name, basis: found.basis, authority }
}
