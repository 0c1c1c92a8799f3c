import type { Hours } from './team-data.ts'

/** A provider's regular week at one location: for each weekday (Monday is 1) from when to when, or not at all. */
export interface Shift {
  weekday: number
  /** minutes since midnight */
  fromMinute: number
  toMinute: number
}
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
export const USUAL: Omit<Shift, 'weekday'> = { fromMinute: 9 * 60, toMinute: 17 * 60 }
const lastMinute = 24 * 60

export const weekOf = (hours: readonly Hours[], userId: string, locationId: string): Shift[] =>
  hours
    .filter((of) => of.userId === userId && of.locationId === locationId)
    .map(({ weekday, fromMinute, toMinute }) => ({ weekday, fromMinute, toMinute }))
    .sort((a, b) => a.weekday - b.weekday || a.fromMinute - b.fromMinute)

/** 570 → "09:30", as a time field wants it. */
export const clockOf = (minute: number): string => {
  const of = Math.min(minute, lastMinute - 1)
  return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`
}
/** "09:30" → 570; undefined when it is no time. */
export const minuteOf = (clock: string): number | undefined => {
  const match = /^(\d{2}):(\d{2})/.exec(clock)
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined
}

/** The shift that cannot be: it ends before it begins, or overlaps the next of its day. */
export const shiftFault = (shifts: readonly Shift[]): string | undefined => {
  for (const shift of shifts) {
    const day = WEEKDAYS[shift.weekday - 1] ?? ''
    if (shift.toMinute <= shift.fromMinute) return `${day} ends before it begins.`
    const overlaps = shifts.some((other) => other !== shift && other.weekday === shift.weekday && other.fromMinute < shift.toMinute && shift.fromMinute < other.toMinute)
    if (overlaps) return `Two times of ${day} overlap.`
  }
  return undefined
}
