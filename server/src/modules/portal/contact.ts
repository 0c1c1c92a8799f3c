import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { z } from 'zod'
import { invalid } from '#kernel/errors.ts'
import type { ContactChannel } from './schema.ts'

export interface Contact {
  /** E-mail in lower case, or a phone number as E.164. */
  address: string
  channel: z.infer<typeof ContactChannel>
}

/**
 * What a person typed as a way to reach her.
 * @throws 422 when it is neither an e-mail address nor a phone number; never says whose it is
 */
export const contactFrom = (typed: string, field = 'address'): Contact => {
  const email = z.email().safeParse(typed.trim().toLowerCase())
  if (email.success) return { address: email.data, channel: 'email' }
  const phone = typed.includes('@') ? undefined : parsePhoneNumberFromString(typed, 'US')
  if (phone?.isValid()) return { address: phone.number, channel: 'text' }
  throw invalid([{ path: field, message: 'is neither an e-mail address nor a phone number' }], 'This is neither an e-mail address nor a phone number. Please check it.')
}

/** Enough for her to recognise it: `a…@example.test`, `••• 0177`. */
export const masked = (address: string): string => {
  const [name = '', domain] = address.split('@')
  return domain === undefined ? `••• ${address.slice(-4)}` : `${name.slice(0, 1)}…@${domain}`
}
