import { expect, it } from 'vitest'
import { clockOf, minuteOf, shiftFault, weekOf } from './week.ts'

it('writes and reads minutes as a time field does', () => {
  for (const minute of [0, 1, 570, 1439]) expect(minuteOf(clockOf(minute))).toBe(minute)
  expect(minuteOf('')).toBeUndefined()
})
it('takes a provider’s own hours at one location, in the order of the week', () => {
  const base = { id: 'whr_1', userId: 'usr_1', locationId: 'loc_1', fromMinute: 540, toMinute: 600 }
  const hours = [{ ...base, weekday: 3 }, { ...base, weekday: 1 }, { ...base, weekday: 2, userId: 'usr_2' }, { ...base, weekday: 4, locationId: 'loc_2' }]
  expect(weekOf(hours, 'usr_1', 'loc_1').map(({ weekday }) => weekday)).toEqual([1, 3])
})
it('says which day cannot be', () => {
  expect(shiftFault([{ weekday: 2, fromMinute: 600, toMinute: 540 }])).toBe('Tuesday ends before it begins.')
  expect(shiftFault([{ weekday: 1, fromMinute: 540, toMinute: 720 }, { weekday: 1, fromMinute: 700, toMinute: 900 }])).toBe('Two times of Monday overlap.')
  expect(shiftFault([{ weekday: 1, fromMinute: 540, toMinute: 720 }, { weekday: 1, fromMinute: 780, toMinute: 900 }])).toBeUndefined()
})
