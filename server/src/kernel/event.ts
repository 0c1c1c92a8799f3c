import type { z } from 'zod'
import type { JobDefinition } from './job.ts'

/** Something that happened, told by an earlier module to later ones it does not know. Ids and times only, no PHI. */
export interface EventDefinition<I> {
  name: `${string}.${string}`
  input: z.ZodType<I>
}
const subscribers = new Map<string, JobDefinition<never>[]>()

export const event = <I>(definition: EventDefinition<I>): EventDefinition<I> => definition

/** From now on, each such event puts this job into the queue, in the transaction of what happened. */
export const on = <I>(happened: EventDefinition<I>, then: JobDefinition<I>): void => {
  subscribers.set(happened.name, [...(subscribers.get(happened.name) ?? []), then as unknown as JobDefinition<never>])
}
export const subscribersOf = <I>(happened: EventDefinition<I>): JobDefinition<I>[] =>
  (subscribers.get(happened.name) ?? []) as unknown as JobDefinition<I>[]
