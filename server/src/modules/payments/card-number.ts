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

/**
 * Whether some part of a text could be a payment card's number: 13 to 19 digits, with or without spaces and dashes, that pass the check
 * digit. Cards are taken by the terminal and must not be kept here (PCI DSS 3.3).
 */
export const holdsCardNumber = (text: string): boolean => {
  const runs = text.normalize('NFKC').match(/\d(?:[\s.\-‐-―]*\d)*/gu) ?? []
  return runs.some((run) => {
    const digits = run.replaceAll(/\D/g, '')
    for (let length = SHORTEST_CARD; length <= Math.min(LONGEST_CARD, digits.length); length++)
      for (let from = 0; from + length <= digits.length; from++) {
        const part = digits.slice(from, from + length)
        // No card starts with 0 (ISO/IEC 7812-1), and many terminals pad with it.
        if (!part.startsWith('0') && isLuhnValid(part)) return true
      }
    return false
  })
}
