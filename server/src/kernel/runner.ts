import type { Pool } from 'pg'
import { JOBS, jobActor, type JobHands } from './job.ts'
import { TIMED } from './timed.ts'

const AT_ONCE = 4
const LOCK_SECONDS = 120
const IDLE_MS = 1000
const FIRST_RETRY_SECONDS = 5
const LONGEST_RETRY_SECONDS = 3600
const CLOCK_EVERY_MS = 60_000
const FIRST_CLOCK_MS = 5_000

interface Taken {
  practice_id: string
  id: string
  name: string
  input: unknown
  attempts: number
}
export interface RunnerHands extends Omit<JobHands, 'actor'> {
  pool: Pool
  practiceIds: () => Promise<string[]>
  onFault: (job: string, error: unknown) => void
}

/**
 * Runs what the queue holds: at least once, each as an actor of its own, never two of one job at a time unless a runner died. A job that
 * fails is put back, later and later.
 */
export const runner = ({ pool, practiceIds, onFault, ...hands }: RunnerHands) => {
  let stopped = false
  let wakeUp: (() => void) | undefined
  let woken = false
  let working: Promise<void> = Promise.resolve()

  const runOne = async (taken: Taken) => {
    const definition = JOBS.get(taken.name)
    try {
      if (!definition) throw new Error(`no job is named ${taken.name}`)
      await definition.run({ ...hands, actor: jobActor(taken.practice_id, definition) }, definition.input.parse(taken.input))
      await pool.query('select work.finish($1, $2)', [taken.practice_id, taken.id])
    } catch (error) {
      onFault(taken.name, error)
      const seconds = Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (taken.attempts - 1))
      await pool.query('select work.retry($1, $2, $3, $4)', [taken.practice_id, taken.id, seconds, error instanceof Error ? error.name : 'unknown'])
    }
  }
  const take = async () => (await pool.query<Taken>({ name: 'take', text: 'select * from work.take($1, $2)', values: [AT_ONCE, LOCK_SECONDS] })).rows

  /** Runs everything that is due, and returns how many. */
  const runDue = async (): Promise<number> => {
    let count = 0
    for (let batch = await take(); batch.length > 0; batch = await take()) {
      await Promise.all(batch.map(runOne))
      count += batch.length
    }
    return count
  }
  const loop = async () => {
    while (!stopped) {
      woken = false
      await runDue().catch((error) => onFault('runner', error))
      if (woken || stopped) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, IDLE_MS)
        wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const lastBegunMs = new Map<string, number>()
  /** Begins what the clock begins and is due at this moment. What fails is begun again at its next time. */
  const runTimed = async (nowMs: number): Promise<void> => {
    for (const { job, everyMinutes } of TIMED) {
      if (stopped || nowMs < (lastBegunMs.get(job.name) ?? 0) + everyMinutes * 60_000) continue
      lastBegunMs.set(job.name, nowMs)
      for (const practiceId of await practiceIds())
        await job.run({ ...hands, actor: jobActor(practiceId, job) }, {}).catch((error) => onFault(job.name, error))
    }
  }
  let clock: NodeJS.Timeout | undefined
  let ticking: Promise<void> = Promise.resolve()
  const tick = () => {
    ticking = runTimed(Date.now()).catch((error) => onFault('clock', error))
    void ticking.then(() => {
      if (!stopped) clock = setTimeout(tick, CLOCK_EVERY_MS)
    })
  }
  return {
    runDue,
    start() {
      working = loop()
      clock = setTimeout(tick, FIRST_CLOCK_MS)
    },
    /** Something was put into the queue just now. */
    wake() {
      woken = true
      wakeUp?.()
    },
    async stop() {
      stopped = true
      wakeUp?.()
      clearTimeout(clock)
      await Promise.all([working, ticking])
    },
  }
}
export type Runner = ReturnType<typeof runner>
