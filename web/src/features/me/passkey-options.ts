import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { z } from 'zod'

/** What the server hands to the browser's authenticator, as far as it is used; anything else is refused at the edge. */
const Creation = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ alg: z.number(), type: z.literal('public-key') })),
  timeout: z.number().optional(),
  excludeCredentials: z.array(z.object({ id: z.string(), type: z.literal('public-key') })).default([]),
})
const Request = z.object({ challenge: z.string(), rpId: z.string(), timeout: z.number().optional() })

export const creationOptions = (raw: unknown): PublicKeyCredentialCreationOptionsJSON => {
  const { timeout, ...options } = Creation.parse(raw)
  return {
    ...options,
    ...(timeout === undefined ? {} : { timeout }),
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  }
}
export const authenticationOptions = (raw: unknown): PublicKeyCredentialRequestOptionsJSON => {
  const { timeout, ...options } = Request.parse(raw)
  return { ...options, ...(timeout === undefined ? {} : { timeout }), userVerification: 'required' }
}
