import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Problem } from './errors.ts'
import { asKey, KEY_BYTES, openBytes, sealBytes, subkey } from './seal.ts'

/** Holds the one key that wraps practice keys: a local key file by default; AWS KMS, Vault Transit or PKCS#11 in production. */
export interface KeyService {
  wrap(key: Buffer, context: string): Promise<Buffer>
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>
}

/** Where wrapped keys lie: a database of their own, apart from the records. */
export interface KeyStore {
  practiceKey(practiceId: string, kind: PracticeKeyKind): Promise<Buffer | undefined>
  /** Keeps the first that comes, and returns the one that is kept. */
  keepPracticeKey(practiceId: string, kind: PracticeKeyKind, wrapped: Buffer): Promise<Buffer>
  patientKeys(practiceId: string, patientIds: readonly string[]): Promise<Map<string, Buffer>>
  /** Durable when it resolves. */
  keepPatientKeys(practiceId: string, keys: ReadonlyMap<string, Buffer>): Promise<void>
  destroyPatientKey(practiceId: string, patientId: string): Promise<void>
}
export type PracticeKeyKind = 'data' | 'index' | 'trail'

interface PracticeKeys {
  /** Wraps the patients' data keys. */
  wrapping: KeyObject
  /** Seals what is the practice's own and no patient's: staff contact data, settings. */
  own: KeyObject
  /** Makes blind indexes and keyed hashes. */
  index: KeyObject
}

const CACHED_PATIENT_KEYS = 50_000
const CACHED_FOR_MS = 5 * 60_000
/** Fallback owner for rows that are about no patient. */
export const NO_PATIENT = '-'

/**
 * Every key of the running system: a random data key for each patient, wrapped by the practice key, wrapped by the key service.
 * Unwrapped keys are held in memory for five minutes at most; destroying one forgets it at once.
 */
export const keyring = (service: KeyService, store: KeyStore) => {
  const practices = new Map<string, PracticeKeys>()
  const signers = new Map<string, KeyObject>()
  const patients = new LRUCache<string, KeyObject>({ max: CACHED_PATIENT_KEYS, ttl: CACHED_FOR_MS })
  const place = (practiceId: string, patientId: string) => `${practiceId}/${patientId}`

  const practiceSecret = async (practiceId: string, kind: PracticeKeyKind, make: () => Buffer) => {
    const context = `${practiceId}/${kind}`
    const wrapped =
      (await store.practiceKey(practiceId, kind)) ??
      (await store.keepPracticeKey(practiceId, kind, await service.wrap(make(), context)))
    return service.unwrap(wrapped, context)
  }
  const random = () => randomBytes(KEY_BYTES)

  const ring = {
    /** Must have been awaited once for a practice before anything of it is sealed, opened or found. */
    async ready(practiceId: string): Promise<void> {
      if (practices.has(practiceId)) return
      const data = await practiceSecret(practiceId, 'data', random)
      const index = await practiceSecret(practiceId, 'index', random)
      practices.set(practiceId, { wrapping: subkey(data, 'wrap'), own: subkey(data, 'own records'), index: asKey(index) })
    },
    isReady: (practiceId: string) => practices.has(practiceId),
    index: (practiceId: string): KeyObject => of(practiceId).index,
    /** The key of what is sealed for this patient, or for the practice itself. Load it first. */
    dataKey(practiceId: string, patientId: string): KeyObject {
      if (patientId === NO_PATIENT) return of(practiceId).own
      const key = patients.get(place(practiceId, patientId))
      if (!key) throw new Problem(410, 'Record destroyed', 'The key of this record was destroyed; it can no longer be read by anyone.')
      return key
    },
    /** Brings the data keys of these patients into memory. Asks the store once, for those that are not there. */
    async load(practiceId: string, patientIds: readonly string[]): Promise<void> {
      const missing = patientIds.filter((p) => p !== NO_PATIENT && !patients.has(place(practiceId, p)))
      if (missing.length === 0) return
      const { wrapping } = of(practiceId)
      for (const [patientId, wrapped] of await store.patientKeys(practiceId, [...new Set(missing)]))
        patients.set(place(practiceId, patientId), asKey(openBytes(wrapping, place(practiceId, patientId), wrapped)))
    },
    holds: (practiceId: string, patientId: string) => patientId === NO_PATIENT || patients.has(place(practiceId, patientId)),
    /** Fresh random data keys for new patients, kept before anything is sealed with them. An orphan of a crash opens nothing. */
    async create(practiceId: string, patientIds: readonly string[]): Promise<void> {
      const { wrapping } = of(practiceId)
      const bytes = randomBytes(KEY_BYTES * patientIds.length)
      const fresh = patientIds.map((p, i) => ({ p, key: bytes.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES) }))
      await store.keepPatientKeys(
        practiceId,
        new Map(fresh.map(({ p, key }) => [p, sealBytes(wrapping, place(practiceId, p), key)])),
      )
      for (const { p, key } of fresh) patients.set(place(practiceId, p), asKey(key))
    },
    /** Shreds a patient's record everywhere, backups included. */
    async destroy(practiceId: string, patientId: string): Promise<void> {
      await store.destroyPatientKey(practiceId, patientId)
      patients.delete(place(practiceId, patientId))
    },
    forget: (practiceId: string, patientId: string) => patients.delete(place(practiceId, patientId)),
    /** Ed25519, signs the heads of the practice's trail. */
    async signer(practiceId: string): Promise<KeyObject> {
      const known = signers.get(practiceId)
      if (known) return known
      const der = await practiceSecret(practiceId, 'trail', () =>
        generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }),
      )
      const key = createPrivateKey({ key: der, type: 'pkcs8', format: 'der' })
      signers.set(practiceId, key)
      return key
    },
    async publicKeyPem(practiceId: string): Promise<string> {
      return createPublicKey(await ring.signer(practiceId)).export({ type: 'spki', format: 'pem' }).toString()
    },
  }
  const of = (practiceId: string): PracticeKeys => {
    const keys = practices.get(practiceId)
    if (!keys) throw new Error('the keys of this practice were not made ready')
    return keys
  }
  return ring
}
export type Keyring = ReturnType<typeof keyring>
