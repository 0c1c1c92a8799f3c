import { z } from 'zod'

/** What browsers and server say to each other about passkeys (WebAuthn level 3, the JSON forms). Bytes are base64url. */
const Bytes = z.string().regex(/^[A-Za-z0-9_-]+$/, 'is not base64url').max(8192)
const Transports = z.array(z.string().max(20)).max(10)
const Attachment = z.enum(['platform', 'cross-platform'])
const Credential = { id: Bytes, rawId: Bytes, type: z.literal('public-key'), authenticatorAttachment: z.exactOptional(Attachment), clientExtensionResults: z.object({}) }
const Descriptor = z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(z.string()) })

/** `navigator.credentials.get()`: somebody used a passkey. */
export const PasskeyAnswer = z.object({
  ...Credential,
  response: z.object({ clientDataJSON: Bytes, authenticatorData: Bytes, signature: Bytes, userHandle: z.exactOptional(Bytes) }),
})
/** `navigator.credentials.create()`: a new passkey. */
export const NewPasskeyAnswer = z.object({
  ...Credential,
  response: z.object({ clientDataJSON: Bytes, attestationObject: Bytes, transports: z.exactOptional(Transports) }),
})

/** What `navigator.credentials.get()` is asked. */
export const PasskeyQuestion = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal('required'),
  /** Empty: any passkey of this site that the browser finds, so that nobody need say who she is. */
  allowCredentials: z.array(Descriptor),
})
/** What `navigator.credentials.create()` is asked. */
export const NewPasskeyQuestion = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int(),
  attestation: z.literal('none'),
  excludeCredentials: z.array(Descriptor),
  authenticatorSelection: z.object({ residentKey: z.literal('required'), requireResidentKey: z.literal(true), userVerification: z.literal('required') }),
})
