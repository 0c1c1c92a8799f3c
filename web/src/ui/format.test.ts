import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  ageInYears,
  formatDateTime,
  formatInitials,
  formatMoney,
  formatName,
  formatPhone,
  formatPlainDate,
  formatTimeRange,
  parseMoney,
} from './format.ts'

it('a visit is shown in the zone of its location, wherever the reader sits', () => {
  const options = { timeZone: 'America/Denver' }
  expect(formatDateTime('2026-11-23T21:30:00Z', options)).toBe('Nov 23, 2026, 2:30 PM')
  expect(formatTimeRange('2026-11-23T21:30:00Z', '2026-11-23T22:15:00Z', options).replaceAll(/\s/g, ' ')).toBe(
    '2:30 – 3:15 PM',
  )
})

it('a birth date is never shifted by a time zone', () => {
  expect(formatPlainDate('1985-04-09')).toBe('Apr 9, 1985')
  expect(formatPlainDate('1985-04-09', 'es')).toContain('1985')
})

it('age changes on the birthday', () => {
  expect(ageInYears('1985-04-09', '2026-04-08')).toBe(40)
  expect(ageInYears('1985-04-09', '2026-04-09')).toBe(41)
})

it('people are called as they want to be called, and privacy mode leaves initials', () => {
  expect(formatName({ given: 'Miranda', family: 'Reyes', preferred: 'Mia' })).toBe('Mia Reyes')
  expect(formatName({ given: 'Miranda', family: 'Reyes', preferred: '' })).toBe('Miranda Reyes')
  expect(formatInitials('Mia  Reyes de la Cruz')).toBe('M. R. D. L. C.')
})

it('phones are written as people read them', () => {
  expect(formatPhone('+13035550147')).toBe('(303) 555-0147')
  expect(formatPhone('+49 30 901820')).toBe('+49 30 901820')
})

it('what is not an amount of money is refused', () => {
  for (const typed of ['', '.', '12.345', '1e3', 'ten', '--1']) expect(parseMoney(typed)).toBeUndefined()
  expect(parseMoney('$1,234.5')).toBe(123_450)
})

it('every amount that is written can be read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (cents) => {
      expect(parseMoney(formatMoney(cents))).toBe(cents === 0 ? 0 : cents)
    }),
  )
})
