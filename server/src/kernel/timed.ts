import type { JobDefinition } from './job.ts'

/** A job that the clock begins, for each practice: no row waits for it, and a time that was missed is made up by the next. */
export interface Timed {
  job: JobDefinition<Record<string, never>>
  everyMinutes: number
}
export const TIMED: Timed[] = []
export const timed = (job: JobDefinition<Record<string, never>>, { everyMinutes }: { everyMinutes: number }): void => {
  TIMED.push({ job, everyMinutes })
}
