import { afterMinutes } from '#kernel/clock.ts'
import { tooMany } from '#kernel/errors.ts'
import type { Origin } from '#kernel/origin.ts'
import type { Tx } from '#kernel/tx.ts'
import { networkOf } from './origin-words.ts'
import { signInTry } from './schema.ts'
import { networkTry } from './sign-in-schema.ts'

/** Who guesses at one account is stopped after five tries. */
const TRIES_OF_AN_ADDRESS = 5
/** A practice of a dozen people comes from one network, and people mistype: who guesses at many accounts is stopped after twenty. */
const TRIES_OF_A_NETWORK = 20
const NETWORK_FORGOTTEN_AFTER_MINUTES = 60
/** Or else whoever once mistyped five times would be locked again at her first slip a month later. */
const ADDRESS_FORGOTTEN_AFTER_MINUTES = 24 * 60
const FIRST_LOCK_MINUTES = 1
const LONGEST_LOCK_MINUTES = 60

/** Doubles with every further try, up to an hour. */
const lockMinutes = (triesTooMany: number) => Math.min(LONGEST_LOCK_MINUTES, FIRST_LOCK_MINUTES * 2 ** triesTooMany)

const refuseWhileLocked = (lockedUntil: string | undefined, now: string, from: 'address' | 'network') => {
  if (!lockedUntil || lockedUntil <= now) return
  const seconds = Math.ceil((Date.parse(lockedUntil) - Date.parse(now)) / 1000)
  throw tooMany(seconds, `Too many tries ${from === 'address' ? 'for this address' : 'from this network'}. Try again in ${Math.ceil(seconds / 60)} min, or ask the owner for help.`)
}
const lockAfter = (tries: number, free: number, now: string) =>
  tries >= free ? { lockedUntil: afterMinutes(now, lockMinutes(tries - free)) } : {}

/** Of {@link countNetwork} and {@link countAddress}: two first tries at the same moment are both counted. */
export const RACED = ['network_try_practice_id_network_key', 'sign_in_try_practice_id_email_key'] as const

/** One more sign-in that may fail, from this network. @throws 429 while it is locked */
export const countNetwork = async (tx: Tx, { network }: Origin): Promise<void> => {
  const key = networkOf(network)
  if (!key) return
  const known = await tx.find(networkTry, { network: key })
  if (!known) {
    await tx.add(networkTry, { network: key, tries: 1, lastAt: tx.now })
    return
  }
  const { id, tries, lockedUntil, lastAt } = await tx.lock(networkTry, { id: known.id })
  refuseWhileLocked(lockedUntil, tx.now, 'network')
  const isForgotten = afterMinutes(lastAt, NETWORK_FORGOTTEN_AFTER_MINUTES) <= tx.now
  const counted = isForgotten ? 1 : tries + 1
  await tx.change(networkTry, { id }, { tries: counted, lastAt: tx.now, ...lockAfter(counted, TRIES_OF_A_NETWORK, tx.now) })
}

/**
 * It did not fail. Only this one try is taken back, with the lock that it set: who owns an account here must not be able to wipe out her
 * guesses at others.
 */
export const uncountNetwork = async (tx: Tx, { network }: Origin): Promise<void> => {
  const key = networkOf(network)
  const known = key && (await tx.find(networkTry, { network: key }))
  if (!known) return
  const { id, tries } = await tx.lock(networkTry, { id: known.id })
  await tx.change(networkTry, { id }, { tries: Math.max(0, tries - 1), lockedUntil: null })
}

/** One more sign-in that may fail, for this e-mail address, whether there is such an account or not. @throws 429 while it is locked */
export const countAddress = async (tx: Tx, address: string): Promise<void> => {
  const known = await tx.find(signInTry, { email: address })
  if (!known) {
    await tx.add(signInTry, { email: address, tries: 1, lastAt: tx.now })
    return
  }
  const { id, tries, lockedUntil, lastAt } = await tx.lock(signInTry, { id: known.id })
  refuseWhileLocked(lockedUntil, tx.now, 'address')
  const counted = afterMinutes(lastAt, ADDRESS_FORGOTTEN_AFTER_MINUTES) <= tx.now ? 1 : tries + 1
  await tx.change(signInTry, { id }, { tries: counted, lastAt: tx.now, ...lockAfter(counted, TRIES_OF_AN_ADDRESS, tx.now) })
}

/** She is in: her tries begin anew. */
export const forgetAddress = async (tx: Tx, address: string): Promise<void> => {
  await tx.remove(signInTry, { email: address })
}
