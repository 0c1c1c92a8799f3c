/** The second factor of whoever sits here: made in this browser, shown once, never stored. */

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** 160 bits, as RFC 4226 recommends: 32 letters of base 32. */
const SECRET_LETTERS = 32

const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))

export const newTotpSecret = (): string => [...bytes(SECRET_LETTERS)].map((byte) => BASE32.charAt(byte & 31)).join('')

/** For the QR code of an authenticator app. */
export const totpUri = (secret: string, account: string, issuer: string): string => {
  const query = new URLSearchParams({ secret, issuer })
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${query.toString().replaceAll('+', '%20')}`
}
