/**
 * The token stands in the fragment. A browser sends the fragment to nobody: it is in no server log, no proxy log and no referrer, and a
 * mail scanner that opens the address learns and consumes nothing.
 */
export const linkAddress = (baseUrl: string, token: string): string => `${baseUrl}/visit#${token}`

const HOUR = 3_600_000
const SHORTEST_HOURS = 72
const AFTER_VISIT_HOURS = 12
const HAND_OVER_MINUTES = 30

/**
 * How long a link can wait to be opened: one in a message 72 hours, or until 12 hours after the visit begins, whichever is later; one that is
 * scanned at the desk 30 minutes. It works once, and asks for the birth date.
 */
export const expiryOf = (now: string, sentBy: 'email' | 'hand-over', visitStartsAt?: string): string => {
  const start = Date.parse(now)
  if (sentBy === 'hand-over') return new Date(start + HAND_OVER_MINUTES * 60_000).toISOString()
  const afterVisit = visitStartsAt ? Date.parse(visitStartsAt) + AFTER_VISIT_HOURS * HOUR : 0
  return new Date(Math.max(start + SHORTEST_HOURS * HOUR, afterVisit)).toISOString()
}
