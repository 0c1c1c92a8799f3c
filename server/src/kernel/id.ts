import { z } from 'zod'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const RANDOM_BYTES_AT_ONCE = 4096

/**
 * A prefixed, branded id: `pho_…` cannot be passed where `pat_…` is wanted, and a log line says what it names.
 * 26 characters of Crockford base 32 follow (a ULID): 48 bits of milliseconds, so that B-trees grow at one end, and 80 random bits.
 */
export const id = <P extends string>(prefix: P) =>
  Object.assign(z.string().regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `is not a ${prefix}_… id`).brand<P>(), {
    prefix,
  })

export type Id<P extends string> = z.infer<ReturnType<typeof id<P>>>

export const PracticeId = id('prc')
export const LocationId = id('loc')
export const PatientId = id('pat')
export const UserId = id('usr')
export const DeviceId = id('dev')

let pool = new Uint8Array(0)
let used = 0
const randomByte = () => {
  if (used >= pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES_AT_ONCE))
    used = 0
  }
  return pool[used++] ?? 0
}

const timePart = (ms: number) => {
  let text = ''
  for (let i = 0, rest = ms; i < 10; i++, rest = Math.floor(rest / 32)) text = ALPHABET.charAt(rest % 32) + text
  return text
}
let lastMs = 0
let lastTime = ''

/** No id that was made at this moment or later, by this clock, is smaller. */
export const earliestId = (prefix: string, ms: number): string => `${prefix}_${timePart(ms)}${ALPHABET.charAt(0).repeat(16)}`

/** A fresh id with this prefix. Unique without coordination: 80 random bits for each millisecond. */
export const newId = (prefix: string): string => {
  const ms = Date.now()
  if (ms !== lastMs) {
    lastMs = ms
    lastTime = timePart(ms)
  }
  let text = lastTime
  for (let i = 0; i < 16; i++) text += ALPHABET.charAt(randomByte() & 31)
  return `${prefix}_${text}`
}
