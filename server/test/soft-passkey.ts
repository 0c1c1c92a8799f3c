import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** An authenticator in software (WebAuthn level 3, ES256, attestation "none"), for tests without a browser. */
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest()
const b64 = (bytes: Buffer) => bytes.toString('base64url')

// As much CBOR (RFC 8949) as an attestation needs.
const head = (major: number, n: number) => (n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]))
const int = (n: number) => (n >= 0 ? head(0, n) : head(1, -1 - n))
const bytes = (b: Buffer) => Buffer.concat([head(2, b.length), b])
const text = (t: string) => Buffer.concat([head(3, Buffer.byteLength(t)), Buffer.from(t)])
const map = (entries: Buffer[][]) => Buffer.concat([head(5, entries.length), ...entries.flat()])

const PRESENT = 1
const VERIFIED = 4
const ATTESTED = 64

export const softPasskey = (origin: string, options: { verifiesUser?: false } = {}) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const id = randomBytes(32)
  let used = 0
  const flags = PRESENT | (options.verifiesUser === false ? 0 : VERIFIED)
  const count = () => {
    const four = Buffer.alloc(4)
    four.writeUInt32BE(used++)
    return four
  }
  const client = (type: string, challenge: string, from: string) => Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }))
  const coordinate = (value: string | undefined) => bytes(Buffer.from(String(value), 'base64url'))
  const cose = map([[int(1), int(2)], [int(3), int(-7)], [int(-1), int(1)], [int(-2), coordinate(jwk.x)], [int(-3), coordinate(jwk.y)]])
  return {
    register({ challenge }: { challenge: string }, from = origin) {
      const length = Buffer.from([id.length >> 8, id.length & 255])
      const authData = Buffer.concat([sha256(new URL(origin).hostname), Buffer.from([flags | ATTESTED]), count(), Buffer.alloc(16), length, id, cose])
      const attestationObject = map([[text('fmt'), text('none')], [text('attStmt'), map([])], [text('authData'), bytes(authData)]])
      return {
        id: b64(id), rawId: b64(id), type: 'public-key', clientExtensionResults: {},
        response: { clientDataJSON: b64(client('webauthn.create', challenge, from)), attestationObject: b64(attestationObject), transports: ['internal'] },
      }
    },
    signIn({ challenge }: { challenge: string }, from = origin) {
      const authenticatorData = Buffer.concat([sha256(new URL(origin).hostname), Buffer.from([flags]), count()])
      const clientDataJSON = client('webauthn.get', challenge, from)
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientDataJSON)]), privateKey)
      return {
        id: b64(id), rawId: b64(id), type: 'public-key', clientExtensionResults: {},
        response: { clientDataJSON: b64(clientDataJSON), authenticatorData: b64(authenticatorData), signature: b64(signature) },
      }
    },
  }
}
