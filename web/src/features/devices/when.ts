const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]] as const
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** "3 hours ago", "yesterday"; "just now" within a minute. */
export const formatRelative = (iso: string, nowMs: number = Date.now()): string => {
  const ms = Date.parse(iso) - nowMs
  for (const [unit, length] of UNITS) if (Math.abs(ms) >= length) return relative.format(Math.round(ms / length), unit)
  return 'just now'
}
