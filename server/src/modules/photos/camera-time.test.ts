import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takenAtInstant } from './camera-time.ts'

const now = '2026-11-22T15:00:00.000Z'
const at = (cameraTime?: string) => takenAtInstant(cameraTime, { timeZone: 'America/New_York', now })

it('reads a camera clock without an offset in the time zone of the place, and one with an offset as it says', () => {
  expect(at('2026-07-02T10:15:30')).toBe('2026-07-02T14:15:30.000Z')
  expect(at('2026-11-20T10:15:30')).toBe('2026-11-20T15:15:30.000Z')
  expect(at('2026-11-20T10:15:30+01:00')).toBe('2026-11-20T09:15:30.000Z')
})

it('does not believe a clock that was never set, or one of next month; one a little ahead counts as now', () => {
  expect([at(undefined), at('1980-01-01T00:00:00'), at('2026-12-24T10:00:00'), at('not a time')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(at('2026-11-22T10:05:00')).toBe(now)
})

it('never says that a photo was taken after it came', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1971-01-01'), max: new Date('2037-01-01'), noInvalidDate: true }), (date) => {
      const taken = at(date.toISOString().slice(0, 19))
      if (taken !== undefined) expect(taken <= now && taken >= '1990').toBe(true)
    }),
  )
})
