const OLDEST_BIRTH_YEAR = 1920
const LATEST_YEAR = 2039
const FEWEST_DIFFERENT = 3

const steps = (pin: string) => [...pin].slice(1).map((digit, i) => (Number(digit) - Number(pin[i]) + 10) % 10)
const isRun = (pin: string) => new Set(steps(pin)).size === 1
const repeats = (pin: string) =>
  [1, 2, 3, 4, 5, 6].some((length) => length <= pin.length / 2 && pin.length % length === 0 && pin.slice(0, length).repeat(pin.length / length) === pin)
const yearsIn = (pin: string) =>
  Array.from({ length: pin.length - 3 }, (_, i) => Number(pin.slice(i, i + 4))).filter((year) => year >= OLDEST_BIRTH_YEAR && year <= LATEST_YEAR)
const halfRun = (pin: string) => {
  const half = pin.length / 2
  return Number.isInteger(half) && [pin.slice(0, half), pin.slice(half)].every((part) => isRun(part))
}

/** Why a PIN is too easy to guess, in a sentence; undefined when it is not. Five guesses at it must be hopeless. */
export const weaknessOf = (pin: string): string | undefined => {
  if (new Set(pin).size < FEWEST_DIFFERENT) return 'Use at least three different digits.'
  if (isRun(pin) || halfRun(pin)) return 'Digits in a row, like 123456 or 246802, are guessed first.'
  if (repeats(pin)) return 'A repeated group, like 121212 or 123123, is guessed first.'
  if (yearsIn(pin).length > 0) return 'It holds a year, like a birthday does: those are guessed first.'
  return undefined
}
