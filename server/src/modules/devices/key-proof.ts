import { bytesOf, type Bytes } from './bytes.ts'

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const

/** For what a device signs; the person whom it changes to is part of it. */
export type DevicePurpose = 'enrol' | 'prove' | 'people' | `switch:${string}`

/** The sentence that is signed: a signature for one purpose is none for another. The web app builds the same one. */
export const signedText = (purpose: DevicePurpose, challenge: string) => `nacre-device-1\n${purpose}\n${challenge}`

/**
 * Whether the key behind this public point signed the challenge for this purpose.
 * @param publicKey uncompressed P-256 point, base64url @param signature r‖s, base64url (IEEE P1363, as WebCrypto makes it)
 */
export const isSignedBy = async (publicKey: string, purpose: DevicePurpose, signed: { challenge: string; signature: string }): Promise<boolean> => {
  const key = await crypto.subtle.importKey('raw', bytesOf(publicKey), EC, false, ['verify']).catch(() => undefined)
  if (!key) return false
  const text: Bytes = new TextEncoder().encode(signedText(purpose, signed.challenge))
  return crypto.subtle.verify(SIGNING, key, bytesOf(signed.signature), text).catch(() => false)
}
