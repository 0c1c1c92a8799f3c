import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** An authenticator for tests over HTTP: makes passkeys and signs with them, as WebAuthn §6 has it, and can be made to misbehave. */

type Cbor = number | string | Buffer | Map<number | string, Cbor>
const head = (kind: number, n: number): Buffer =>
  n < 24 ? Buffer.of((kind << 5) | n) : n < 256 ? Buffer.of((kind << 5) | 24, n) : Buffer.of((kind << 5) | 25, n >> 8, n & 255)
const cbor = (value: Cbor): Buffer => {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([k, v]) => [cbor(k), cbor(v)])])
}
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const text = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url')

const USER_PRESENT = 1
const USER_VERIFIED = 4
const HAS_CREDENTIAL = 64

/** `bare` leaves the finger, face or PIN out. */
export interface Behaviour {
  origin?: string
  verifies?: 'user' | 'bare'
  counter?: number
}

export const authenticator = (origin: string) => {
  let made: { id: Buffer; key: KeyObject; userHandle: string } | undefined
  let counter = 0
  const data = (rpId: string, { verifies = 'user' }: Behaviour, flags: number, rest: Buffer) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([sha256(rpId), Buffer.of(USER_PRESENT | (verifies === 'user' ? USER_VERIFIED : 0) | flags), count, rest])
  }
  return {
    create(question: { challenge: string; rp: { id: string }; user: { id: string } }, how: Behaviour = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      made = { id: randomBytes(32), key: privateKey, userHandle: question.user.id }
      const cose = cbor(new Map<number, Cbor>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')], [-3, Buffer.from(y, 'base64url')]]))
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.of(0, made.id.length), made.id, cose])
      const authData = data(question.rp.id, how, HAS_CREDENTIAL, credential)
      const id = made.id.toString('base64url')
      return {
        id, rawId: id, type: 'public-key', clientExtensionResults: {},
        response: {
          clientDataJSON: text({ type: 'webauthn.create', challenge: question.challenge, origin: how.origin ?? origin }),
          attestationObject: cbor(new Map<string, Cbor>([['fmt', 'none'], ['attStmt', new Map()], ['authData', authData]])).toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    get(question: { challenge: string; rpId: string }, how: Behaviour = {}) {
      if (!made) throw new Error('no passkey was made')
      counter = how.counter ?? counter + 1
      const clientDataJSON = text({ type: 'webauthn.get', challenge: question.challenge, origin: how.origin ?? origin })
      const authenticatorData = data(question.rpId, how, 0, Buffer.alloc(0))
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, 'base64url'))]), made.key)
      const id = made.id.toString('base64url')
      return {
        id, rawId: id, type: 'public-key', clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData: authenticatorData.toString('base64url'), signature: signature.toString('base64url'), userHandle: made.userHandle },
      }
    },
  }
}
