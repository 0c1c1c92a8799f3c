/**
 * The key of this device: made here, not exportable, kept by the browser as a CryptoKey. It says nothing of anybody; nothing else is kept.
 */
export interface DeviceKey {
  deviceId: string
  keys: CryptoKeyPair
}
export type DevicePurpose = 'enrol' | 'prove' | 'people' | `switch:${string}`

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const
const STORE = 'key'
const OWN = 'own'

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the browser did not keep the key'))
  })

const open = async (): Promise<IDBDatabase> => {
  const request = indexedDB.open('nacre-device', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return done(request)
}
const within = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
  const database = await open()
  try {
    return await done(work(database.transaction(STORE, mode).objectStore(STORE)))
  } finally {
    database.close()
  }
}
const isKey = (value: unknown): value is DeviceKey => typeof value === 'object' && value !== null && 'deviceId' in value && 'keys' in value

/** The key of this browser, if it is enrolled or waits to be. */
export const ownKey = async (): Promise<DeviceKey | undefined> => {
  // Browsing in private, some browsers keep nothing: such a window is no device.
  const kept: unknown = await within('readonly', (store) => store.get(OWN)).catch(() => undefined)
  return isKey(kept) ? kept : undefined
}
export const keepKey = async (key: DeviceKey): Promise<void> => {
  await within('readwrite', (store) => store.put(key, OWN))
  // Asked so that the browser does not clear it away when space runs short; where it says no, the device is enrolled anew.
  await navigator.storage?.persist?.().catch(() => false)
}
export const forgetKey = async (): Promise<void> => {
  await within('readwrite', (store) => store.delete(OWN)).catch(() => undefined)
}
export const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(EC, false, ['sign', 'verify'])

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

export const publicKeyOf = async ({ publicKey }: CryptoKeyPair): Promise<string> => base64url(await crypto.subtle.exportKey('raw', publicKey))

/** Signs the server's number for one purpose; the same sentence as in the server's key-proof.ts. */
export const sign = async ({ privateKey }: CryptoKeyPair, purpose: DevicePurpose, challenge: string): Promise<string> =>
  base64url(await crypto.subtle.sign(SIGNING, privateKey, new TextEncoder().encode(`nacre-device-1\n${purpose}\n${challenge}`)))
