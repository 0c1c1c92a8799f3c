import { expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const refusal = (env: Record<string, string>) => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'accepted'
}

it('needs no configuration at all', () => {
  expect(readConfig({})).toMatchObject({ port: 8080, host: '127.0.0.1', publicUrl: 'http://localhost:8080' })
})

it('refuses to listen beyond this machine without TLS, and names what is missing', () => {
  for (const HOST of ['0.0.0.0', '::', '192.168.1.10', 'nacre.example']) expect(refusal({ HOST })).toMatch(/^TLS_CERT, TLS_KEY missing/)
  expect(refusal({ HOST: '0.0.0.0', TLS_CERT: 'a.pem' })).toMatch(/^TLS_KEY missing/)
  expect(refusal({ HOST: '0.0.0.0', TLS_CERT: 'a.pem', TLS_KEY: 'a.key' })).toBe('accepted')
})

it('never starts half configured: what belongs together is asked for together', () => {
  expect(refusal({ SMTP_URL: 'smtp://mail.example' })).toMatch(/^MAIL_FROM missing/)
  expect(refusal({ DATABASE_URL: 'postgres://x' })).toMatch(/^MIGRATION_DATABASE_URL, TRAIL_DATABASE_URL, VAULT_DATABASE_URL, VAULT_MIGRATION_DATABASE_URL missing/)
})

it('says which variable is wrong', () => {
  expect(refusal({ PORT: 'eighty' })).toMatch(/^PORT: /)
  expect(refusal({ SMTP_URL: 'mail.example', MAIL_FROM: 'a@b.example' })).toMatch(/^SMTP_URL: must start with smtp/)
  expect(refusal({ KEY_PASSPHRASE: 'short' })).toMatch(/^KEY_PASSPHRASE: /)
})
