import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { api, data } from './client.ts'

/** Passkeys in this browser: the server asks, the device signs after finger, face or PIN. */

export class PasskeyError extends Error {
  override name = 'PasskeyError'
}

export const canUsePasskeys = (): boolean => browserSupportsWebAuthn()

const wasAborted = (error: unknown) => error instanceof WebAuthnError && error.code === 'ERROR_CEREMONY_ABORTED'

/** In words that help; the browser's own say nothing to anybody. */
const inWords = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
    return new PasskeyError('This device has a passkey of yours already.')
  if (error.name === 'SecurityError') return new PasskeyError('Passkeys work only at the proper address of this server, over https.')
  if (error.name === 'NotAllowedError' || wasAborted(error)) return new PasskeyError('Nothing was confirmed. Try again when you are ready.')
  return error
}
const said = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw inWords(error)
  })

const signInQuestion = () => data(api.POST('/api/session/passkey/question'))

/** Any passkey for this site that the browser has: nobody types who she is. */
export const askAnyPasskey = async () => said(startAuthentication({ optionsJSON: await signInQuestion() }))

/** One of her own: unlocks, and proves once more who is here. */
export const askOwnPasskey = async () =>
  said(startAuthentication({ optionsJSON: await data(api.POST('/api/session/prove/question')) }))

/** Made on this device; only what the server looks at is sent. */
export const makePasskey = async () => {
  const optionsJSON = await data(api.POST('/api/account/passkeys/question'))
  const { id, rawId, type, response } = await said(startRegistration({ optionsJSON }))
  const { clientDataJSON, attestationObject, transports } = response
  return { id, rawId, type, clientExtensionResults: {}, response: { clientDataJSON, attestationObject, ...(transports && { transports }) } }
}

export type UsedPasskey = Awaited<ReturnType<typeof askAnyPasskey>>

/** A challenge is good for five minutes; a page may stay open for longer. */
const ASKED_AGAIN_AFTER_MS = 4 * 60_000

/**
 * Passkeys among the suggestions of the e-mail field (`autocomplete="username webauthn"`), for as long as the page is open.
 * Returns the way to stop.
 */
export const offerInAutofill = (onUsed: (passkey: UsedPasskey) => void): (() => void) => {
  let stopped = false
  const offer = async () => {
    if (stopped || !(await browserSupportsWebAuthnAutofill())) return
    const optionsJSON = await signInQuestion()
    if (stopped) return
    const used = await startAuthentication({ optionsJSON, useBrowserAutofill: true })
    if (!stopped) onUsed(used)
  }
  // What fails here was never asked for: the form and the button stand beside it.
  const begin = () => void offer().catch(() => undefined)
  begin()
  const timer = setInterval(begin, ASKED_AGAIN_AFTER_MS)
  return () => {
    stopped = true
    clearInterval(timer)
    WebAuthnAbortService.cancelCeremony()
  }
}
