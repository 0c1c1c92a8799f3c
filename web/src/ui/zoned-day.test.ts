import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addDays, dayMinuteOf, instantOf } from './zoned-day.ts'

it('a time on the wall becomes the instant at which that zone shows it', () => {
  expect(instantOf({ date: '2026-11-23', minute: 570 }, 'America/Denver')).toBe('2026-11-23T16:30:00.000Z')
  expect(instantOf({ date: '2026-07-01', minute: 570 }, 'America/Denver')).toBe('2026-07-01T15:30:00.000Z')
})

it('an hour that happens twice means the first, an hour that is skipped means the same distance after', () => {
  expect(instantOf({ date: '2026-11-01', minute: 90 }, 'America/New_York')).toBe('2026-11-01T05:30:00.000Z')
  expect(instantOf({ date: '2026-03-08', minute: 150 }, 'America/New_York')).toBe('2026-03-08T07:30:00.000Z')
})

it('minutes and instants lead back to each other on every day of the year, in every zone', () => {
  const zones = fc.constantFrom('America/Denver', 'America/New_York', 'Pacific/Honolulu', 'America/Phoenix', 'UTC')
  const days = fc.integer({ min: 0, max: 730 }).map((days) => addDays('2026-01-01', days))
  const minutes = fc.integer({ min: 4 * 60, max: 1439 })
  fc.assert(
    fc.property(zones, days, minutes, (zone, date, minute) => {
      expect(dayMinuteOf(instantOf({ date, minute }, zone), zone)).toEqual({ date, minute })
    }),
  )
})
