import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, it } from 'vitest'
import { dateIn, freeTimes, GRID_MS, LEAD_MINUTES, localDay, type Busy, type Offer, type Shift } from './slots.ts'

const MINUTE_MS = 60_000
const PROVIDERS = ['usr_a', 'usr_b', 'usr_c']
const ZONES = ['America/New_York', 'Europe/Madrid', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']

const anyShift: fc.Arbitrary<Shift> = fc
  .record({ userId: fc.constantFrom(...PROVIDERS), weekday: fc.integer({ min: 1, max: 7 }), at: fc.tuple(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 1440 })) })
  .filter(({ at: [a, b] }) => a !== b)
  .map(({ userId, weekday, at: [a, b] }) => ({ userId, weekday, fromMinute: Math.min(a, b), toMinute: Math.max(a, b) }))

// Around both clock changes of 2026 in most zones, and an ordinary week.
const anyDate = fc.constantFrom('2026-03-05', '2026-03-27', '2026-06-10', '2026-10-23', '2026-10-30', '2026-11-22')

const anyOffer: fc.Arbitrary<Offer> = fc
  .record({ timeZone: fc.constantFrom(...ZONES), from: anyDate, days: fc.integer({ min: 1, max: 5 }), minutes: fc.integer({ min: 5, max: 240 }), shifts: fc.array(anyShift, { maxLength: 8 }) })
  .chain((offer) => {
    const startMs = Date.parse(`${offer.from}T00:00:00Z`)
    const busy: fc.Arbitrary<Busy> = fc
      .record({ providerId: fc.constantFrom(...PROVIDERS), at: fc.integer({ min: -12 * 60, max: 6 * 1440 }), long: fc.integer({ min: 1, max: 300 }) })
      .map(({ providerId, at, long }) => ({ providerId, startsAt: new Date(startMs + at * MINUTE_MS).toISOString(), endsAt: new Date(startMs + (at + long) * MINUTE_MS).toISOString() }))
    const now = fc.integer({ min: -2 * 1440, max: 2 * 1440 }).map((minute) => new Date(startMs + minute * MINUTE_MS).toISOString())
    return fc.record({ busy: fc.array(busy, { maxLength: 30 }), now }).map((more) => ({ ...offer, ...more }))
  })

const NIGHT_WITH_AN_HOUR_TWICE: Offer = {
  timeZone: 'Europe/Madrid', from: '2026-10-23', days: 3, minutes: 5, now: '2026-10-23T00:00:00.000Z',
  shifts: [{ userId: 'usr_a', weekday: 7, fromMinute: 121, toMinute: 180 }], busy: [],
}

const known = new Map<string, ReturnType<typeof localDay>>()
/** Temporal is slow enough to be asked once. */
const dayOf = (date: string, timeZone: string) => {
  const key = `${date} ${timeZone}`
  const day = known.get(key) ?? localDay(date, timeZone)
  known.set(key, day)
  return day
}
const found = (offer: Offer) => freeTimes(offer).flatMap(({ date, times }) => times.flatMap((t) => t.providerIds.map((providerId) => ({ date, startMs: t.startsAtMs, providerId }))))

it('never offers a time at which the provider already has a visit', () => {
  fc.assert(
    fc.property(anyOffer, (offer) => {
      for (const { startMs, providerId } of found(offer)) {
        const endMs = startMs + offer.minutes * MINUTE_MS
        const clash = offer.busy.some((b) => b.providerId === providerId && Date.parse(b.startsAt) < endMs && Date.parse(b.endsAt) > startMs)
        expect(clash).toBe(false)
      }
    }),
    { numRuns: 150 },
  )
})

it('offers only times that lie wholly within working hours on the clock of the wall, on the quarter hour, with an hour to get there', () => {
  fc.assert(
    fc.property(anyOffer, (offer) => {
      for (const { date, startMs, providerId } of found(offer)) {
        const begins = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(offer.timeZone)
        expect(begins.toPlainDate().toString()).toBe(date)
        expect(begins.minute % 15).toBe(0)
        expect(startMs).toBeGreaterThanOrEqual(Date.parse(offer.now) + LEAD_MINUTES * MINUTE_MS)
        // By instants, not by minutes of the clock: a shift from 02:01 to 03:00 on the night that sees 02:00 twice goes on through the second one.
        const day = dayOf(date, offer.timeZone)
        const shift = offer.shifts.some(
          (s) =>
            s.userId === providerId && s.weekday === begins.dayOfWeek &&
            day.instantOf(s.fromMinute) <= startMs && startMs + offer.minutes * MINUTE_MS <= day.instantOf(s.toMinute),
        )
        expect(shift).toBe(true)
      }
    }),
    { numRuns: 150, examples: [[NIGHT_WITH_AN_HOUR_TWICE]] },
  )
})

it('misses no free time: a slower search that tries every quarter hour finds the same', () => {
  fc.assert(
    fc.property(anyOffer, (offer) => {
      const slow = new Set<string>()
      for (let i = 0; i < offer.days; i++) {
        const date = Temporal.PlainDate.from(offer.from).add({ days: i }).toString()
        const day = localDay(date, offer.timeZone)
        for (let startMs = Math.ceil(day.startMs / GRID_MS) * GRID_MS; startMs < day.endMs; startMs += GRID_MS)
          for (const shift of offer.shifts) {
            const endMs = startMs + offer.minutes * MINUTE_MS
            const isOpen = shift.weekday === day.weekday && startMs >= day.instantOf(shift.fromMinute) && endMs <= day.instantOf(shift.toMinute)
            const isFree = !offer.busy.some((b) => b.providerId === shift.userId && Date.parse(b.startsAt) < endMs && Date.parse(b.endsAt) > startMs)
            if (isOpen && isFree && startMs >= Date.parse(offer.now) + LEAD_MINUTES * MINUTE_MS) slow.add(`${startMs} ${shift.userId}`)
          }
      }
      expect(new Set(found(offer).map((f) => `${f.startMs} ${f.providerId}`))).toEqual(slow)
    }),
    { numRuns: 200 },
  )
})

it('keeps nine o’clock at nine o’clock across a clock change', () => {
  const nine = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ userId: 'usr_a', weekday, fromMinute: 540, toMinute: 600 }))
  const starts = freeTimes({ timeZone: 'America/New_York', from: '2026-10-31', days: 3, minutes: 60, now: '2026-10-01T00:00:00Z', shifts: nine, busy: [] })
  expect(starts.flatMap((d) => d.times.map((t) => new Date(t.startsAtMs).toISOString()))).toEqual([
    '2026-10-31T13:00:00.000Z', '2026-11-01T14:00:00.000Z', '2026-11-02T14:00:00.000Z',
  ])
})

it('offers nothing in the hour that a clock change skips, and that hour twice when it comes twice', () => {
  const night = [{ userId: 'usr_a', weekday: 7, fromMinute: 60, toMinute: 240 }]
  const hours = (from: string) =>
    freeTimes({ timeZone: 'America/New_York', from, days: 1, minutes: 60, now: '2026-01-01T00:00:00Z', shifts: night, busy: [] })
      .flatMap((d) => d.times)
      .filter((t) => t.startsAtMs % (60 * MINUTE_MS) === 0)
      .map((t) => Temporal.Instant.fromEpochMilliseconds(t.startsAtMs).toZonedDateTimeISO('America/New_York').hour)
  expect(hours('2026-03-08')).toEqual([1, 3])
  expect(hours('2026-11-01')).toEqual([1, 1, 2, 3])
})

it('knows the date of an instant where it is asked for', () => {
  expect(dateIn('America/New_York', '2026-11-22T03:30:00Z')).toBe('2026-11-21')
  expect(dateIn('Asia/Tokyo', '2026-11-22T15:30:00Z')).toBe('2026-11-23')
  fc.assert(
    fc.property(fc.constantFrom(...ZONES, 'Pacific/Kiritimati', 'Pacific/Pago_Pago'), fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }), (timeZone, date) => {
      const known = Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
      expect(dateIn(timeZone, date.toISOString())).toBe(known.toString())
      expect(localDay(known.toString(), timeZone).weekday).toBe(known.dayOfWeek)
    }),
  )
})
