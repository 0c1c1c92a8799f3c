import { Temporal } from 'temporal-polyfill'
import { afterDays } from '#kernel/clock.ts'

const EARLIEST = '1990-01-01T00:00:00.000Z'
const CLOCK_AHEAD_DAYS = 1

const instantOf = (cameraTime: string, timeZone: string): string | undefined => {
  try {
    return /(Z|[+-]\d{2}:\d{2})$/.test(cameraTime)
      ? new Date(cameraTime).toISOString()
      : new Date(Temporal.PlainDateTime.from(cameraTime).toZonedDateTime(timeZone).epochMilliseconds).toISOString()
  } catch {
    return undefined
  }
}

/**
 * When a photo was taken, as an instant, from the camera's clock (`2026-03-02T10:15:30`, with its UTC offset if it knew one; without one, in
 * the practice's time zone). Undefined when that cannot be true. A clock that is a little ahead counts as now.
 */
export const takenAtInstant = (
  cameraTime: string | undefined,
  { timeZone, now }: { timeZone: string; now: string },
): string | undefined => {
  const instant = cameraTime === undefined ? undefined : instantOf(cameraTime, timeZone)
  if (instant === undefined || instant < EARLIEST || instant > afterDays(now, CLOCK_AHEAD_DAYS)) return undefined
  return instant > now ? now : instant
}
