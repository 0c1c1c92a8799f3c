import { generate, generateURI } from 'otplib'
import { expect, it } from 'vitest'
import { newTotpSecret, totpUri } from './authenticator.ts'

it('makes second factors that an authenticator takes, and never the same twice', async () => {
  const secret = newTotpSecret()
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  expect(await generate({ secret })).toMatch(/^\d{6}$/)
  expect(new Set(Array.from({ length: 100 }, newTotpSecret)).size).toBe(100)
})
it('writes the address of a QR code as the server does', () => {
  const made = new URL(totpUri('JBSWY3DPEHPK3PXP', 'dana@example.test', 'Pearl & Co.'))
  const expected = new URL(generateURI({ strategy: 'totp', issuer: 'Pearl & Co.', label: 'dana@example.test', secret: 'JBSWY3DPEHPK3PXP' }))
  expect([made.protocol, made.host, decodeURIComponent(made.pathname)]).toEqual([expected.protocol, expected.host, decodeURIComponent(expected.pathname)])
  expect(made.searchParams.get('secret')).toBe(expected.searchParams.get('secret'))
  expect(made.searchParams.get('issuer')).toBe(expected.searchParams.get('issuer'))
})
