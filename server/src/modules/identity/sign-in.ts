import { generateSecret, generateURI, verify } from 'otplib'
import { hash as argon2, verify as argon2Verify } from '@node-rs/argon2'

/** OWASP's minimum for argon2id: 19 MiB, 2 passes, 1 lane. About 30 ms. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const CODE_STEP_SECONDS = 30
const RECOVERY_CODES = 10
const RECOVERY_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'

export const hashPassword = (password: string): Promise<string> => argon2(password.normalize('NFKC'), ARGON2ID)
export const passwordMatches = (hash: string, password: string): Promise<boolean> => argon2Verify(hash, password.normalize('NFKC'))

export const newTotpSecret = (): string => generateSecret()
/** For the QR code of an authenticator app. */
export const totpUri = (secret: string, account: string, issuer: string): string => generateURI({ strategy: 'totp', issuer, label: account, secret })

/**
 * The time step of a right code, one step of clock drift allowed; undefined when it is wrong or was used before.
 * @param usedStep the last step that was used: a code works once (RFC 6238 §5.2)
 */
export const totpStep = async (secret: string, code: string, nowMs: number, usedStep: number): Promise<number | undefined> => {
  if (!/^\d{6}$/.test(code)) return undefined
  const epoch = Math.floor(nowMs / 1000)
  const result = await verify({ secret, token: code, epoch, epochTolerance: CODE_STEP_SECONDS })
  if (!result.valid) return undefined
  const step = Math.floor(epoch / CODE_STEP_SECONDS) + result.delta
  return step > usedStep ? step : undefined
}

const group = () =>
  [...crypto.getRandomValues(new Uint8Array(5))].map((b) => RECOVERY_ALPHABET.charAt(b % RECOVERY_ALPHABET.length)).join('')
/** Ten codes of two groups of five: 49 bits each, used once. */
export const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, () => `${group()}-${group()}`)
/** A plain hash is enough: a code has 49 random bits, is sealed besides, and tries are counted. */
export const hashRecoveryCode = async (code: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(code))).toString('base64url')
export const normaliseRecoveryCode = (typed: string) => typed.trim().toLowerCase().replaceAll(/[^a-z0-9]/g, '')
