const TOKEN_BYTES = 20
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * 160 random bits in RFC 4648 base 32, lower case: short enough for a code that a camera reads from a tablet, and without signs that would
 * make a word of it.
 */
export const newToken = (): string => {
  let bits = 0
  let value = 0
  let text = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    for (; bits >= 5; bits -= 5) text += ALPHABET.charAt((value >> (bits - 5)) & 31)
  }
  return text
}

const CODES = 1_000_000
/** Six digits, each code as likely as any other. */
export const newCode = (): string => {
  // The largest multiple of a million below 2^32: what lies above would make some codes likelier.
  const end = Math.floor(2 ** 32 / CODES) * CODES
  for (;;) {
    const [value = end] = crypto.getRandomValues(new Uint32Array(1))
    if (value < end) return String(value % CODES).padStart(6, '0')
  }
}
