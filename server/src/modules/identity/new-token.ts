const TOKEN_BYTES = 32

/** 256 random bits, base64url. */
export const newToken = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))).toString('base64url')
