import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import { canonical } from './canonical.ts'

/** What is signed: at this time, this practice's trail had `size` events and this root (64 hex digits). */
export interface Head {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly keyId: string
  readonly practiceId: string
  readonly root: string
  readonly size: number
}

/** A line of heads.ndjson. `leaves` are the leaf hashes (64 hex digits each) added since the head before. */
export interface SignedHead extends Head {
  /** Ed25519 over `headBytes`, base64. */
  readonly signature: string
  readonly leaves?: readonly string[]
}

/** The bytes under the signature: canonical JSON of exactly these five fields. */
export function headBytes({ at, keyId, practiceId, root, size }: Head): Buffer {
  return Buffer.from(canonical({ at, keyId, practiceId, root, size }))
}

/** The first 16 hex digits of SHA-256 over the public key's SPKI DER. A private key answers for its public one. */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex').slice(0, 16)
}

/** Signs with Ed25519; the key id is the key's own, so a head can never name another. */
export function signHead(privateKey: KeyObject, { at, practiceId, root, size }: Omit<Head, 'keyId'>): SignedHead {
  const head = { at, keyId: keyIdOf(privateKey), practiceId, root, size }
  return { ...head, signature: sign(null, headBytes(head), privateKey).toString('base64') }
}

/** Did this very key sign these five fields? */
export function verifyHead(publicKey: KeyObject, head: SignedHead): boolean {
  if (head.keyId !== keyIdOf(publicKey)) return false
  return verify(null, headBytes(head), publicKey, Buffer.from(head.signature, 'base64'))
}

/** The head as a line of heads.ndjson, without the newline. */
export function headLine({ at, keyId, practiceId, root, size, signature, leaves }: SignedHead): string {
  return canonical({ at, keyId, ...(leaves && { leaves }), practiceId, root, signature, size })
}
