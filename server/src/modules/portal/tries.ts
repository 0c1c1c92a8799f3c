import { afterDays, afterMinutes } from '#kernel/clock.ts'
import { tooMany } from '#kernel/errors.ts'
import type { Tx } from '#kernel/tx.ts'
import { patientTry } from './schema.ts'

export interface Patience {
  /** So many are free; after that each one more doubles the wait. */
  free: number
  firstMinutes: number
  longestMinutes: number
}
/** Codes asked for one address: nobody's mailbox is filled, and few codes can be guessed at. */
export const CODES_OF_ADDRESS: Patience = { free: 2, firstMinutes: 1, longestMinutes: 60 }
/** From one network, behind which there may be a whole practice. */
export const CODES_OF_NETWORK: Patience = { free: 20, firstMinutes: 1, longestMinutes: 15 }
export const TRIES_OF_NETWORK: Patience = { free: 30, firstMinutes: 1, longestMinutes: 15 }

export const TRIES_OF_CODE = 5
export const CODE_MINUTES = 10

/**
 * Counts, and refuses while the wait is not over. What is counted is what was typed, whether anybody has that address or not. Starts again
 * after a quiet day.
 * @throws 429 with the seconds to wait
 */
export const countTry = async (tx: Tx, about: string, { free, firstMinutes, longestMinutes }: Patience): Promise<void> => {
  const known = await tx.find(patientTry, { about })
  if (!known) {
    await tx.add(patientTry, { about, tries: 1, lastAt: tx.now })
    return
  }
  const { id, tries: before, lockedUntil, lastAt } = await tx.lock(patientTry, { id: known.id })
  if (lockedUntil && lockedUntil > tx.now) {
    const seconds = Math.ceil((Date.parse(lockedUntil) - Date.parse(tx.now)) / 1000)
    throw tooMany(seconds, `Too many tries. Wait ${Math.ceil(seconds / 60)} min, then try again.`)
  }
  const tries = afterDays(lastAt, 1) <= tx.now ? 1 : before + 1
  const wait = tries < free ? 0 : Math.min(longestMinutes, firstMinutes * 2 ** (tries - free))
  await tx.change(patientTry, { id }, { tries, lastAt: tx.now, lockedUntil: wait > 0 ? afterMinutes(tx.now, wait) : null })
}

/** Whoever got in was not guessing. */
export const forgive = async (tx: Tx, about: string): Promise<void> => {
  await tx.remove(patientTry, { about })
}

/** One try that was none: others of the same network may still be guessing, so the rest stays counted. */
export const giveBack = async (tx: Tx, about: string): Promise<void> => {
  const known = await tx.find(patientTry, { about })
  if (known) await tx.change(patientTry, { id: known.id }, { tries: Math.max(0, known.tries - 1) })
}

export const ONE_AT_A_TIME = { patient_try_practice_id_about_key: 'Somebody tried this at the same moment. Try again.' }
