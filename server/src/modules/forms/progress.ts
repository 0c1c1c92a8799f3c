import { afterDays } from '#kernel/clock.ts'
import type { ConsentKind, FormsState, Step } from './schema.ts'
import type { z } from 'zod'

/** Without a visit that they belong to, answers count for this long. */
const FRESH_DAYS = 7
/** Without these nobody is treated or photographed. Marketing is not among them and never will be: 45 CFR 164.508(b)(4). */
const NEEDED = ['treatment', 'clinical-photography'] as const
const ASKED: readonly ConsentKind[] = [...NEEDED, 'marketing-photos']

interface Response {
  appointmentId?: string | undefined
  state: 'draft' | 'submitted'
  submittedAt?: string | undefined
}
interface Decided {
  kind: ConsentKind
  decision: 'accepted' | 'declined'
  expiresAt: string
  revokedAt?: string | undefined
}
export interface Filled {
  now: string
  /** The visit that the forms are for, if any. */
  appointmentId?: string | undefined
  responses: readonly Response[]
  consents: readonly Decided[]
}

export const stands = ({ revokedAt, expiresAt }: Pick<Decided, 'expiresAt' | 'revokedAt'>, now: string): boolean =>
  !revokedAt && expiresAt > now

const healthStep = ({ now, appointmentId, responses }: Filled): z.infer<typeof Step> => {
  const ofVisit = responses.filter((r) => r.appointmentId === appointmentId)
  const isFresh = ({ submittedAt }: Response) =>
    submittedAt !== undefined && (appointmentId !== undefined || submittedAt > afterDays(now, -FRESH_DAYS))
  if (ofVisit.some((r) => r.state === 'submitted' && isFresh(r))) return { id: 'health', state: 'done' }
  return { id: 'health', state: ofVisit.some((r) => r.state === 'draft') ? 'started' : 'open' }
}

/** What there is to do, in the order in which it is asked. */
export const stepsOf = (filled: Filled): z.infer<typeof Step>[] => {
  const { now, consents } = filled
  const decisions = ASKED.map((kind): z.infer<typeof Step> => {
    const standing = consents.find((c) => c.kind === kind && stands(c, now))
    return standing ? { id: kind, state: 'done', decision: standing.decision } : { id: kind, state: 'open' }
  })
  return [healthStep(filled), ...decisions]
}

/** Nothing is left that is needed before the visit. Saying no is an answer. */
export const isDone = (steps: readonly z.infer<typeof Step>[]): boolean =>
  steps.every(({ id, state }) => state === 'done' || id === 'marketing-photos')

/** For the desk: how far the forms of a visit are. `link`: the newest one, if any was made. */
export const formsState = (filled: Filled, link: { usedAt?: string | undefined } | undefined): FormsState => {
  if (isDone(stepsOf(filled))) return 'done'
  if (healthStep(filled).state !== 'open' || link?.usedAt) return 'started'
  return link ? 'sent' : 'none'
}
