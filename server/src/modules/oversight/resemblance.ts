import { words } from '#kernel/blind.ts'

/** Family name as it is compared: the last word of a person's name, without accents and case. */
export const surnameOf = (name: string): string => words(name).at(-1) ?? ''

/** Double names are two: Marín-Lopez is a namesake of Marín and of Lopez. */
export const isNamed = (familyName: string, surname: string): boolean => surname !== '' && words(familyName).includes(surname)

const SHORT: Record<string, string> = {
  street: 'st', avenue: 'ave', boulevard: 'blvd', drive: 'dr', road: 'rd', lane: 'ln', court: 'ct', place: 'pl', terrace: 'ter', square: 'sq',
  north: 'n', south: 's', east: 'e', west: 'w', highway: 'hwy', parkway: 'pkwy', circle: 'cir',
}
const ZIP = /\b(\d{5})(?:-\d{4})?\b/g

/**
 * Whether two US addresses are the same house: number and street agree, and the ZIP codes where both have one. Apartments are not compared,
 * because people leave them out.
 */
export const isSameHouse = (one: string, other: string): boolean => {
  const [a, b] = [houseOf(one), houseOf(other)]
  return a.house !== '' && a.house === b.house && (a.zip === '' || b.zip === '' || a.zip === b.zip)
}
const houseOf = (address: string) => {
  const [first = ''] = address.split(/[,\n;]|\b(?:apt|apartment|suite|unit|ste|floor)\b|#/i)
  const parts = words(first).map((w) => SHORT[w] ?? w)
  const hasNumber = /^\d/.test(parts[0] ?? '') && parts.length > 1
  const zips = [...address.slice(first.length).matchAll(ZIP)].map((m) => m[1] ?? '')
  return { house: hasNumber ? parts.join(' ') : '', zip: zips.at(-1) ?? '' }
}
