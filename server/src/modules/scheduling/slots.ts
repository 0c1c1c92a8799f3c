import { Temporal } from 'temporal-polyfill'

/** Minutes of the wall clock, on a weekday (Monday is 1). */
export interface Shift {
  userId: string
  weekday: number
  fromMinute: number
  toMinute: number
}
/** Instants. */
export interface Busy {
  providerId: string
  startsAt: string
  endsAt: string
}
export interface Offer {
  timeZone: string
  /** First day, in that zone. */
  from: string
  days: number
  /** How long a visit takes. */
  minutes: number
  /** An instant; a visit starts at least the lead time later. */
  now: string
  shifts: readonly Shift[]
  busy: readonly Busy[]
}
export interface FreeTime {
  startsAtMs: number
  providerIds: string[]
}
export interface FreeDay {
  date: string
  times: FreeTime[]
}

export const LEAD_MINUTES = 60
/** Every zone in use is a multiple of a quarter of an hour from UTC, so that quarters of instants are quarters of the wall clock. */
export const GRID_MS = 15 * 60_000
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const DAY_MINUTES = 24 * 60

const MOST_REMEMBERED = 5000
const dayStarts = new Map<string, number>()

/** The instant at which a local day begins. Remembered: Temporal takes as long for one as a patient's card takes to open. */
const startOfDay = (date: string, timeZone: string): number => {
  const key = `${date} ${timeZone}`
  const known = dayStarts.get(key)
  if (known !== undefined) return known
  const startMs = Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds
  if (dayStarts.size >= MOST_REMEMBERED) dayStarts.clear()
  dayStarts.set(key, startMs)
  return startMs
}

/** Calendar dates have no zone: plain arithmetic. */
export const addDays = (date: string, days: number): string => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
export const datesFrom = (first: string, days: number): string[] => Array.from({ length: days }, (_, i) => addDays(first, i))
/** Monday is 1, Sunday 7. */
const weekdayOf = (date: string) => new Date(date).getUTCDay() || 7

/**
 * A local day: when it begins and ends, and the instant at which the wall clock shows a minute of it. Only the days of a clock change ask
 * Temporal for a minute. One that the change skips is the same distance after it; one that happens twice is the first.
 */
export const localDay = (date: string, timeZone: string) => {
  const startMs = startOfDay(date, timeZone)
  const endMs = startOfDay(addDays(date, 1), timeZone)
  const instantOf = (minute: number): number => {
    if (endMs - startMs === DAY_MS) return startMs + minute * MINUTE_MS
    if (minute >= DAY_MINUTES) return endMs
    const plainTime = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 })
    return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds
  }
  return { date, weekday: weekdayOf(date), startMs, endMs, instantOf }
}

/** The date in a zone at an instant: a day before or after the date in Greenwich, or the same. */
export const dateIn = (timeZone: string, instant: string): string => {
  const ms = Date.parse(instant)
  const inGreenwich = new Date(ms).toISOString().slice(0, 10)
  if (ms < startOfDay(inGreenwich, timeZone)) return addDays(inGreenwich, -1)
  const next = addDays(inGreenwich, 1)
  return ms < startOfDay(next, timeZone) ? inGreenwich : next
}

type Span = readonly [startMs: number, endMs: number]

const busySpans = (busy: readonly Busy[]): Map<string, Span[]> => {
  const spans = new Map<string, Span[]>()
  for (const { providerId, startsAt, endsAt } of busy) {
    const own = spans.get(providerId) ?? []
    own.push([Date.parse(startsAt), Date.parse(endsAt)])
    spans.set(providerId, own)
  }
  for (const own of spans.values()) own.sort(([a], [b]) => a - b)
  return spans
}

/** Start times on the grid, within a span, that leave room for a visit beside what is busy (in order of time). */
export const startsWithin = ([fromMs, toMs]: Span, lengthMs: number, busy: readonly Span[]): number[] => {
  const starts: number[] = []
  let next = 0
  let freeFromMs = fromMs
  for (let start = Math.ceil(fromMs / GRID_MS) * GRID_MS; start + lengthMs <= toMs; start += GRID_MS) {
    for (let span = busy[next]; span && span[0] < start + lengthMs; span = busy[++next]) freeFromMs = Math.max(freeFromMs, span[1])
    if (start >= freeFromMs) starts.push(start)
  }
  return starts
}

/** The free times of each day, with who is free then. Days without any are there, empty. */
export const freeTimes = ({ timeZone, from, days, minutes, now, shifts, busy }: Offer): FreeDay[] => {
  const spans = busySpans(busy)
  const lengthMs = minutes * MINUTE_MS
  const earliestMs = Date.parse(now) + LEAD_MINUTES * MINUTE_MS
  return datesFrom(from, days).map((date) => {
    const day = localDay(date, timeZone)
    const found = new Map<number, Set<string>>()
    for (const shift of shifts) {
      if (shift.weekday !== day.weekday) continue
      const open: Span = [Math.max(day.instantOf(shift.fromMinute), earliestMs), day.instantOf(shift.toMinute)]
      for (const startMs of startsWithin(open, lengthMs, spans.get(shift.userId) ?? [])) {
        const free = found.get(startMs)
        if (free) free.add(shift.userId)
        else found.set(startMs, new Set([shift.userId]))
      }
    }
    const times = [...found].map(([startsAtMs, free]) => ({ startsAtMs, providerIds: [...free] }))
    return { date, times: times.toSorted((a, b) => a.startsAtMs - b.startsAtMs) }
  })
}
