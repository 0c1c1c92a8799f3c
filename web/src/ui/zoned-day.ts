/** A day of a location as minutes, and back: what a calendar needs to put instants on a grid. */

const formats = new Map<string, Intl.DateTimeFormat>()
function partsFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  formats.set(timeZone, made)
  return made
}

export interface DayMinute {
  /** YYYY-MM-DD */
  date: string
  /** on the clock of the wall: 9:30 is 570, on the days of a clock change too */
  minute: number
}

export function dayMinuteOf(instant: string | Date, timeZone: string): DayMinute {
  const parts: Record<string, string> = {}
  for (const part of partsFormat(timeZone).formatToParts(new Date(instant))) parts[part.type] = part.value
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  }
}

const asUtcMs = ({ date, minute }: DayMinute) => Date.parse(`${date}T00:00:00Z`) + minute * 60_000

/**
 * The instant (ISO) at which the wall clock of the zone shows this minute. A time that a clock change skips becomes the
 * same distance after the change; one that happens twice is the first.
 */
export function instantOf(day: DayMinute, timeZone: string): string {
  const wanted = asUtcMs(day)
  const offsetAt = (ms: number) => asUtcMs(dayMinuteOf(new Date(ms), timeZone)) - ms
  const before = wanted - offsetAt(wanted - 86_400_000)
  const after = wanted - offsetAt(wanted + 86_400_000)
  const shows = (ms: number) => asUtcMs(dayMinuteOf(new Date(ms), timeZone)) === wanted
  const hit = [before, after].sort((a, b) => a - b).find(shows)
  return new Date(hit ?? before).toISOString()
}

/** Today's date in a zone. */
export const todayIn = (timeZone: string, now: Date = new Date()): string => dayMinuteOf(now, timeZone).date

/** 'YYYY-MM-DD' plus days. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
