import { randomBytes, scryptSync } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { asKey, KEY_BYTES, openBytes, sealBytes } from '#kernel/seal.ts'
import type { KeyService } from '#kernel/keyring.ts'

/** scrypt, as RFC 7914 recommends for interactive use today: 2^15 blocks, 32 MB, about 0.1 s. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

interface KeyFile {
  what: string
  version: 1
  /** Base 64. Sealed under the passphrase when `salt` is there. */
  key: string
  salt?: string
}
const PLACE = 'nacre key file'
const stretched = (passphrase: string, salt: Buffer) => asKey(scryptSync(passphrase, salt, KEY_BYTES, SCRYPT))

const writeDurably = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}`
  const file = openSync(beside, 'wx', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(beside, path)
}

const makeKeyFile = (path: string, passphrase: string | undefined) => {
  const key = randomBytes(KEY_BYTES)
  const salt = passphrase ? randomBytes(16) : undefined
  const made: KeyFile = {
    what: 'The master key of this Nacre. Whoever has it and the vault can read everything; without it nobody can. Keep a copy apart from the data.',
    version: 1,
    key: (passphrase && salt ? sealBytes(stretched(passphrase, salt), PLACE, key) : key).toString('base64'),
    ...(salt ? { salt: salt.toString('base64') } : {}),
  }
  writeDurably(path, `${JSON.stringify(made, null, 2)}\n`)
}

const readKeyFile = (path: string, passphrase: string | undefined): Buffer => {
  const mode = statSync(path).mode & 0o777
  if (mode & 0o077) chmodSync(path, 0o600)
  const file = JSON.parse(readFileSync(path, 'utf8')) as KeyFile
  const bytes = Buffer.from(file.key, 'base64')
  if (!file.salt) return bytes
  if (!passphrase) throw new Error('The key file is protected by a passphrase: set KEY_PASSPHRASE.')
  try {
    return openBytes(stretched(passphrase, Buffer.from(file.salt, 'base64')), PLACE, bytes)
  } catch {
    throw new Error('KEY_PASSPHRASE does not open the key file.')
  }
}

/**
 * The key service of a single machine: a master key in a file that only its owner may read (0600), optionally under a passphrase.
 * @throws when the file is missing although there is data that needs it (`mayMake: 'no'`), or the passphrase is wrong.
 */
export const keyFile = (path: string, options: { passphrase?: string; mayMake: 'yes' | 'no' }): KeyService & { backup: () => string } => {
  if (!existsSync(path)) {
    if (options.mayMake === 'no') throw new Error(`The key file ${path} is missing, but there is data that only it can open. Put it back from your key back-up.`)
    makeKeyFile(path, options.passphrase)
  }
  const master = asKey(readKeyFile(path, options.passphrase))
  return {
    wrap: (key, context) => Promise.resolve(sealBytes(master, `wrap|${context}`, key)),
    unwrap: (wrapped, context) => Promise.resolve(openBytes(master, `wrap|${context}`, wrapped)),
    backup: () => readFileSync(path, 'utf8'),
  }
}
