import type { z } from 'zod'
import { afterMinutes } from '#kernel/clock.ts'
import { PatientId } from '#kernel/id.ts'
import { newToken } from '#kernel/token.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { isOutgrown, outgrownAt, standingOf } from './representing.ts'
import { patientSession, representative, RepresentativeId, type Choice, type Language, type SignedInBy } from './schema.ts'

export const IDLE_MINUTES = 30
const SESSION_HOURS = 8

type Patient = z.infer<typeof PatientId>
export interface Who {
  selfId?: Patient | undefined
  representativeId?: z.infer<typeof RepresentativeId> | undefined
}

/** As whom she may act: herself, and those whom she represents today. Opens how each is called, and when each was born. */
export const choicesOf = async (tx: Tx, { selfId, representativeId }: Who) => {
  const called = (id: Patient) => tx.get(patient, { id }, ['givenName', 'calledName', 'birthDate'])
  const own = selfId ? [{ patientId: selfId, as: 'self' as const, who: await called(selfId), of: undefined }] : []
  const standing = representativeId ? await standingOf(tx, representativeId) : []
  const others = await Promise.all(
    standing.map(async (of) => ({ patientId: of.patientId, as: 'representative' as const, who: await called(of.patientId), of })),
  )
  return [...own, ...others.filter(({ of, who }) => !isOutgrown(of.basis, who.birthDate, tx.now))]
}
export type Chosen = Awaited<ReturnType<typeof choicesOf>>[number]

export const asChoice = ({ patientId, as, who, of }: Chosen): z.infer<typeof Choice> => ({
  patientId, as, name: who.calledName || who.givenName, ...(of ? { basis: of.basis } : {}),
})

/** The part of a session that says for whom she acts and what she may do there. */
export const acting = ({ patientId, of, who }: Chosen, sessionEndsAt: string) => {
  const ripe = of ? outgrownAt(of.basis, who.birthDate) : undefined
  return {
    actingFor: patientId,
    representationId: of?.id,
    scopes: of?.scopes ?? [],
    expiresAt: ripe && ripe < sessionEndsAt ? ripe : sessionEndsAt,
  }
}

/**
 * Begins a session for the people whose proof was right: at most one patient and one representative, who are the same person. Undefined
 * when that is not so (twins who share an address), or when nobody is left for whom she acts.
 */
export const beginSession = async (tx: Tx, personIds: readonly string[], how: z.infer<typeof SignedInBy>): Promise<{ token: string; language: Language } | undefined> => {
  const selves = personIds.flatMap((id) => PatientId.safeParse(id).data ?? [])
  const agents = personIds.flatMap((id) => RepresentativeId.safeParse(id).data ?? [])
  if (selves.length > 1 || agents.length > 1) return undefined
  const who: Who = { selfId: selves[0], representativeId: agents[0] }
  const choices = await choicesOf(tx, who)
  const [first, ...more] = choices
  if (!first) return undefined
  const endsAt = afterMinutes(tx.now, SESSION_HOURS * 60)
  const token = newToken()
  await tx.add(patientSession, {
    token, ...who, how, createdAt: tx.now, lastActiveAt: tx.now,
    ...(more.length === 0 ? acting(first, endsAt) : { scopes: [], expiresAt: endsAt }),
  })
  const { language } = who.selfId ? await tx.get(patient, { id: who.selfId }, []) : await tx.get(representative, { id: RepresentativeId.parse(who.representativeId) }, [])
  return { token: `${tx.practiceId}.${token}`, language }
}
