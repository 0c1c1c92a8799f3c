import { forgetKey, ownKey, sign, type DevicePurpose } from './device-key.ts'

/**
 * Shows the server, every minute or so, that the session is still at its device. In the background: it is no use of the session. Without
 * it the session cookie alone opens nothing of a patient.
 */
export type Proven = 'proven' | 'no key' | 'waiting' | 'ended' | 'failed'

const RENEW_EVERY_MS = 60_000
/** Another tab may just have done it. */
const FRESH_FOR_MS = 30_000

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const post = (url: string, body: object = {}) =>
  fetch(url, {
    method: 'POST', credentials: 'same-origin', cache: 'no-store', body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'Nacre-Background': '1', Accept: 'application/json' },
  })

/** @param by `session`: for the signed-in person; `device`: before anybody has signed in. */
export const newChallenge = async (by: 'session' | 'device'): Promise<string> => {
  const answer: unknown = await (await post(by === 'session' ? '/api/device/challenge' : '/api/device/challenge/open')).json()
  return isObject(answer) && typeof answer.challenge === 'string' ? answer.challenge : ''
}

/** What a device sends to show that it is it, for one purpose. */
export const signedByDevice = async (purpose: DevicePurpose, by: 'session' | 'device') => {
  const own = await ownKey()
  if (!own) return undefined
  const challenge = await newChallenge(by)
  return { deviceId: own.deviceId, challenge, signature: await sign(own.keys, purpose, challenge) }
}

let provenAtMs = 0
let listeners: (() => void)[] = []
/** Calls back when this session has been bound to its device: it may lock sooner from now on. */
export const onBound = (listener: () => void): (() => void) => {
  listeners.push(listener)
  return () => (listeners = listeners.filter((one) => one !== listener))
}

const prove = async (): Promise<Proven> => {
  const signed = await signedByDevice('prove', 'session')
  if (!signed) return 'no key'
  const response = await post('/api/device/proof', signed)
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) {
    provenAtMs = Date.now()
    if (isObject(answer) && answer.firstTime === true) for (const listener of listeners) listener()
    return 'proven'
  }
  if (response.status === 409) return 'waiting'
  const rule = isObject(answer) && isObject(answer.refusal) ? answer.refusal.rule : undefined
  if (rule !== 'device-ended') return 'failed'
  // Lost, retired or declined: this key never opens anything again.
  await forgetKey()
  return 'ended'
}

let running: Promise<Proven> | undefined
/** Renews the proof now; several who ask at once get one answer. */
export const renewProof = (): Promise<Proven> => {
  running ??= prove()
    .catch((): Proven => 'failed')
    .finally(() => (running = undefined))
  return running
}

/** Renews until stopped, at once first. Tabs take turns: the cookie is theirs together. */
export const keepProving = (): (() => void) => {
  const tabs = new BroadcastChannel('nacre-proof')
  tabs.onmessage = () => {
    provenAtMs = Date.now()
  }
  const turn = () => {
    if (Date.now() - provenAtMs < FRESH_FOR_MS) return
    void renewProof().then((proven) => proven === 'proven' && tabs.postMessage('proven'), () => undefined)
  }
  const look = () => document.visibilityState === 'visible' && turn()
  void renewProof()
  const timer = setInterval(turn, RENEW_EVERY_MS)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    tabs.close()
  }
}
