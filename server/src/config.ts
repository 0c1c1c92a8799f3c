import { resolve } from 'node:path'
import { z } from 'zod'

const Port = z.coerce.number().int().min(0).max(65_535)
const Environment = z.object({
  PORT: Port.default(8080),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  PUBLIC_URL: z.url().optional(),
  TRUSTED_PROXIES: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  MIGRATION_DATABASE_URL: z.string().optional(),
  TRAIL_DATABASE_URL: z.string().optional(),
  VAULT_DATABASE_URL: z.string().optional(),
  VAULT_MIGRATION_DATABASE_URL: z.string().optional(),
  KEY_FILE: z.string().optional(),
  KEY_PASSPHRASE: z.string().min(8).optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  SMTP_URL: z.string().regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://').optional(),
  MAIL_FROM: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export interface Config {
  port: number
  host: string
  /** Absolute. */
  dataDir: string
  publicUrl: string
  /** Addresses or networks of proxies in front; those on this machine when left out. */
  trustedProxies?: readonly string[]
  /** Your own PostgreSQL; without it the embedded one is started. */
  databases?: { app: string; owner: string; trail: string; vault: string; vaultOwner: string }
  keyFile: string
  keyPassphrase?: string
  tls?: { certFile: string; keyFile: string }
  smtp?: { url: string; from: string }
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

export class ConfigError extends Error {
  override name = 'ConfigError'
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1'])

/** Variables that only make sense together: says which one is missing. */
const together = (env: Record<string, unknown>, names: string[], why: string) => {
  const set = names.filter((n) => env[n] !== undefined)
  const missing = names.filter((n) => env[n] === undefined)
  if (set.length > 0 && missing.length > 0) throw new ConfigError(`${missing.join(', ')} missing: ${why} (${set.join(', ')} is set).`)
}

/**
 * The environment as one typed object, read once.
 * @hipaa 164.312(e)(1) transmission security: beyond this machine only with TLS
 * @throws {@link ConfigError} naming the variable and what to do; nothing has been started then.
 */
export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const parsed = Environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')))
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'))
  const e = parsed.data
  together(e, ['TLS_CERT', 'TLS_KEY'], 'TLS needs a certificate and its key, as paths to PEM files')
  together(e, ['SMTP_URL', 'MAIL_FROM'], 'sending e-mail needs a server and a sender address')
  together(
    e,
    ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'TRAIL_DATABASE_URL', 'VAULT_DATABASE_URL', 'VAULT_MIGRATION_DATABASE_URL'],
    'your own PostgreSQL needs a login for the application, one that may migrate, one for the sealing of the trail, and the vault database with the same two',
  )
  if (!LOOPBACK.has(e.HOST) && !e.TLS_CERT)
    throw new ConfigError(`TLS_CERT, TLS_KEY missing: HOST=${e.HOST} can be reached from other machines, and Nacre does not send PHI unencrypted. Set both, or leave HOST out to listen on this machine only.`)
  const dataDir = resolve(e.DATA_DIR)
  const { DATABASE_URL: app, MIGRATION_DATABASE_URL: owner, TRAIL_DATABASE_URL: trail, VAULT_DATABASE_URL: vault, VAULT_MIGRATION_DATABASE_URL: vaultOwner } = e
  return {
    port: e.PORT,
    host: e.HOST,
    dataDir,
    publicUrl: e.PUBLIC_URL ?? `${e.TLS_CERT ? 'https' : 'http'}://${LOOPBACK.has(e.HOST) ? 'localhost' : e.HOST}:${e.PORT}`,
    ...(e.TRUSTED_PROXIES ? { trustedProxies: e.TRUSTED_PROXIES.split(',').map((address) => address.trim()) } : {}),
    ...(app && owner && trail && vault && vaultOwner ? { databases: { app, owner, trail, vault, vaultOwner } } : {}),
    keyFile: resolve(e.KEY_FILE ?? `${dataDir}/keys/master.json`),
    ...(e.KEY_PASSPHRASE ? { keyPassphrase: e.KEY_PASSPHRASE } : {}),
    ...(e.TLS_CERT && e.TLS_KEY ? { tls: { certFile: e.TLS_CERT, keyFile: e.TLS_KEY } } : {}),
    ...(e.SMTP_URL && e.MAIL_FROM ? { smtp: { url: e.SMTP_URL, from: e.MAIL_FROM } } : {}),
    logLevel: e.LOG_LEVEL,
  }
}
