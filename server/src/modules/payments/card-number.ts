const SHORTEST_CARD = 13
const LONGEST_CARD = 19

/** The check digit of ISO/IEC 7812-1, annex B. */
export const isLuhnValid = (digits: string): boolean => {
  let total = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.charAt(digits.length - 1 - i))
    const doubled = i % 2 === 1 ? digit * 2 : digit
    total += doubled > 9 ? doubled - 9 : doubled
  }
  return total % 10 === 0
}

const couldBeCard = (digits: string): boolean =>
  digits.length >= SHORTEST_CARD && digits.length <= LONGEST_CARD && isLuhnValid(digits)

/** Runs of digits with at most spaces, dots and dashes between them, as their groups. */
const groupsIn = (text: string): string[][] =>
  (text.normalize('NFKC').match(/\d(?:[\s.\-\u2010-\u2015]*\d)*/gu) ?? []).map((run) => run.split(/\D+/))

const partsOf = (digits: string): string[] =>
  digits.length <= LONGEST_CARD
    ? [digits]
    : Array.from({ length: LONGEST_CARD - SHORTEST_CARD + 1 }, (_, i) => SHORTEST_CARD + i).flatMap((length) =>
        Array.from({ length: digits.length - length + 1 }, (_, from) => digits.slice(from, from + length)),
      )

/**
 * Whether some part of a text could be a payment card's number: neighbouring groups of digits that make 13 to 19 together and pass the
 * check digit. Cards are taken by the terminal and must not be kept here (PCI DSS 3.3).
 */
export const holdsCardNumber = (text: string): boolean =>
  groupsIn(text).some((groups) =>
    groups.some((_, first) =>
      groups.slice(first).some((__, more) => {
        // No card starts with 0 (ISO/IEC 7812-1), and many terminals pad with it.
        const digits = groups.slice(first, first + more + 1).join('').replace(/^0+/, '')
        return (more === 0 ? partsOf(digits) : [digits]).some(couldBeCard)
      }),
    ),
  )
