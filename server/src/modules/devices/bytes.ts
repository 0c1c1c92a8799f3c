/** Bytes as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>

const RANDOM_BYTES = 32

export const bytesOf = (base64url: string): Bytes => Uint8Array.from(Buffer.from(base64url, 'base64url'))
export const newSecret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))).toString('base64url')

/** A number of so many digits, each as likely as the others. */
export const newDigits = (digits: number): string =>
  Array.from({ length: digits }, () => {
    for (;;) {
      const [byte = 0] = crypto.getRandomValues(new Uint8Array(1))
      // 250 is the largest multiple of ten that fits: the rest would favour low digits.
      if (byte < 250) return String(byte % 10)
    }
  }).join('')
