import type { z } from 'zod'
import type { Perform } from './perform.ts'
import type { Actor } from './policy.ts'
import type { Deliver } from './dispatch.ts'
import type { Images } from './photo-lab.ts'
import type { VerifyTrail } from './trail-proof.ts'
import type { Ticket } from './ticket.ts'

/** What a job has: the same two doors as everybody. */
export interface JobHands {
  perform: Perform
  deliver: Deliver
  images: Images
  verifyTrail: VerifyTrail
  /** Opens the bytes behind a ticket that an action gave. */
  redeem: (ticket: Ticket) => Promise<Buffer>
  /** Removes a stored object for good; one that is gone already is no error. */
  discard: (objectKey: string) => Promise<void>
  /** The job as an actor: named after it, with the grants that it declares. */
  actor: Actor
}

export interface JobDefinition<I> {
  name: string
  /** The actions it may perform. */
  grants: readonly string[]
  /** Opaque ids, times and amounts only. */
  input: z.ZodType<I>
  /** Run at least once; must bear being run again. Throwing puts it back, later and later; after 12 tries it is left for a person. */
  run: (hands: JobHands, input: I) => Promise<void>
}

export const job = <I>(definition: JobDefinition<I>): JobDefinition<I> => {
  JOBS.set(definition.name, definition as JobDefinition<unknown>)
  return definition
}
export const JOBS = new Map<string, JobDefinition<unknown>>()

export const jobActor = (practiceId: string, definition: Pick<JobDefinition<never>, 'name' | 'grants'>): Actor => ({
  kind: 'job',
  id: `job:${definition.name}`,
  practiceId,
  roles: ['job'],
  grants: new Set(definition.grants),
  places: '*',
})
