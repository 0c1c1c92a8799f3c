import type { Dose, Injection } from './schema.ts'

/** Doses are given to a hundredth; sums must not show binary fractions. */
const inHundredths = (amount: number) => Math.round(amount * 100)

/** How much of which product and lot these points are together, in the order in which they were first used. */
export const dosesOf = (injections: readonly Injection[]): Dose[] => {
  const sums = new Map<string, { dose: Dose; hundredths: number }>()
  for (const { product, lot, unit, units } of injections) {
    const key = JSON.stringify([product, lot, unit])
    const known = sums.get(key)
    if (known) known.hundredths += inHundredths(units)
    else sums.set(key, { dose: { product, lot, unit, total: 0 }, hundredths: inHundredths(units) })
  }
  return [...sums.values()].map(({ dose, hundredths }) => ({ ...dose, total: hundredths / 100 }))
}
