import { afterDays } from '#kernel/clock.ts'

export const REMIND_AFTER_DAYS = 14
export const ESCALATE_AFTER_DAYS = 21
export const OVERDUE_AFTER_DAYS = 30

/** `2026-Q4`, by Greenwich: a review takes weeks. */
export const quarterOf = (iso: string): string => `${iso.slice(0, 4)}-Q${Math.ceil(Number(iso.slice(5, 7)) / 3)}`
export const dueAtOf = (openedAt: string): string => afterDays(openedAt, OVERDUE_AFTER_DAYS)
/** What is to be done about an open review that is this old. */
export const stageOf = (openedAt: string, now: string): 'open' | 'remind' | 'escalate' | 'overdue' => {
  if (afterDays(openedAt, OVERDUE_AFTER_DAYS) <= now) return 'overdue'
  if (afterDays(openedAt, ESCALATE_AFTER_DAYS) <= now) return 'escalate'
  return afterDays(openedAt, REMIND_AFTER_DAYS) <= now ? 'remind' : 'open'
}
