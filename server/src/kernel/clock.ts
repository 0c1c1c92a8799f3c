/** The only source of the time, so that a test can stand still. ISO 8601 in UTC, milliseconds. */
export interface Clock {
  now(): string
  ms(): number
}
export const systemClock: Clock = { now: () => new Date().toISOString(), ms: () => Date.now() }

export const afterMinutes = (iso: string, minutes: number) => new Date(Date.parse(iso) + minutes * 60_000).toISOString()
export const afterDays = (iso: string, days: number) => afterMinutes(iso, days * 1440)
