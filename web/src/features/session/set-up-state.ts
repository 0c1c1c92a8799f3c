import { request } from '../../api.ts'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Whether this Nacre still waits for its first administrator. */
export const askSetUp = () => request('GET', '/api/set-up', (value) => ({ needed: isObject(value) && value.needed === true }))

export interface SecondFactor {
  totpSecret: string
  /** otpauth:// for the QR code */
  uri: string
}
export const askSecondFactor = (email: string) =>
  request('POST', '/api/set-up/second-factor', (value): SecondFactor => (isObject(value) ? { totpSecret: text(value.totpSecret), uri: text(value.uri) } : { totpSecret: '', uri: '' }), { body: { email } })

export interface SetUpDone {
  recoveryCodes: string[]
  /** the key file, to be kept apart from the data */
  keyBackup: string
}
export const sendSetUp = (body: object) =>
  request('POST', '/api/set-up', (value): SetUpDone => {
    const codes = isObject(value) && Array.isArray(value.recoveryCodes) ? value.recoveryCodes.map(text) : []
    return { recoveryCodes: codes, keyBackup: isObject(value) ? text(value.keyBackup) : '' }
  }, { body })
