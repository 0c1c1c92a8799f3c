import terms from '../../../content/guard-terms.json' with { type: 'json' }
import { words } from './blind.ts'

export interface GuardFinding {
  /** Which list the word is on: a treatment, a medicine, a body part, a condition, a specialty, or the practice's own names of services. */
  kind: string
  /** The word that was found. It comes from our lists, not from the patient. */
  term: string
}

const listed = Object.entries(terms.kinds).flatMap(([kind, list]) => list.map((term) => ({ kind, needle: words(term).join(' '), term })))

/**
 * @hipaa 164.502(a) uses and disclosures: nothing about health leaves uncovered
 *
 * Reads a text that is about to leave over a channel without an agreement in force: does it say anything about health, treatment or the
 * kind of provider? Whole words, accents and case ignored, English and Spanish. `own` are the practice's names of services and titles.
 */
export const contentGuard = (text: string, own: readonly string[] = []): GuardFinding[] => {
  const haystack = ` ${words(text).join(' ')} `
  const mine = own.map((term) => ({ kind: 'service of this practice', needle: words(term).join(' '), term }))
  return [...listed, ...mine]
    .filter(({ needle }) => needle !== '' && haystack.includes(` ${needle} `))
    .map(({ kind, term }) => ({ kind, term }))
}
