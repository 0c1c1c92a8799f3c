import { Temporal } from 'temporal-polyfill'

/** The calendar date of an instant at a place. */
export const dateAt = (instant: string, timeZone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()

/** From the first instant of a date at a place up to, not including, the first of the next. */
export const dayBounds = (date: string, timeZone: string): { from: string; before: string } => {
  const day = Temporal.PlainDate.from(date)
  const start = (d: Temporal.PlainDate) => d.toZonedDateTime(timeZone).toInstant().toString()
  return { from: start(day), before: start(day.add({ days: 1 })) }
}
