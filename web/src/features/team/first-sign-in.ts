/** What a new person needs to sign in for the first time: made in this browser, shown once, never stored. */

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** 160 bits, as RFC 4226 recommends: 32 letters of base 32. */
const SECRET_LETTERS = 32
// No letters that look alike: it is typed by hand.
const PASSWORD_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const PASSWORD_GROUPS = 4
const GROUP_LETTERS = 5

const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))

export const newTotpSecret = (): string => [...bytes(SECRET_LETTERS)].map((byte) => BASE32.charAt(byte & 31)).join('')

/** A letter without the bias that a remainder of a byte would have. */
const letter = (): string => {
  const most = 256 - (256 % PASSWORD_LETTERS.length)
  let [byte = 0] = bytes(1)
  while (byte >= most) [byte = 0] = bytes(1)
  return PASSWORD_LETTERS.charAt(byte % PASSWORD_LETTERS.length)
}
/** Four groups of five letters: 99 bits. */
export const newPassword = (): string =>
  Array.from({ length: PASSWORD_GROUPS }, () => Array.from({ length: GROUP_LETTERS }, letter).join('')).join('-')

/** For the QR code of an authenticator app. */
export const totpUri = (secret: string, account: string, issuer: string): string => {
  const query = new URLSearchParams({ secret, issuer })
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${query.toString().replaceAll('+', '%20')}`
}
