import type { KeyObject } from 'node:crypto'
import type { Finding, Rec } from './record.ts'
import { keyedHash } from './seal.ts'

/**
 * Blind indexes: keyed hashes by which a sealed value is found without being opened. A token is the first 40 bits of
 * HMAC-SHA-256(index key, kind ‖ text). What the index tells a thief of the database, and how that is bounded, is in
 * docs/decisions/0003-blind-index.md.
 */
const TOKEN_BYTES = 5
const SHORTEST_PREFIX = 2
const LONGEST_PREFIX = 10
const SHORTEST_PHONE = 4
const LONGEST_PHONE = 10
/** The number of a patient's tokens is padded to a multiple of this with random ones, so that it does not tell the length of a name. */
const PADDED_TO = 8

const UNDECOMPOSED: Record<string, string> = { ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', þ: 'th', ı: 'i' }

/** Words without accents and case: "O’Neill-Gómez" → ["oneill", "gomez"]. */
export const words = (text: string): string[] =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’`.]/gu, '')
    .replace(/[ßøłæœđðþı]/g, (c) => UNDECOMPOSED[c] ?? c)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== '')

const digits = (text: string) => text.replace(/\D/g, '')

const prefixes = (word: string): string[] => {
  const letters = [...word]
  if (letters.length < SHORTEST_PREFIX) return letters.length === 0 ? [] : [word]
  return Array.from({ length: Math.min(letters.length, LONGEST_PREFIX) - SHORTEST_PREFIX + 1 }, (_, i) =>
    letters.slice(0, i + SHORTEST_PREFIX).join(''),
  )
}
const phoneEnds = (phone: string): string[] => {
  const all = digits(phone)
  return Array.from({ length: Math.max(0, Math.min(all.length, LONGEST_PHONE) - SHORTEST_PHONE + 1) }, (_, i) =>
    all.slice(-(i + SHORTEST_PHONE)),
  )
}

const textsOf = (find: Finding, value: string): string[] => {
  if (find === 'name') return words(value).flatMap(prefixes)
  if (find === 'phone') return phoneEnds(value)
  if (find === 'email') return [value.trim().toLowerCase()]
  return [value]
}

const token = (key: KeyObject, kind: string, text: string): number => keyedHash(key, `blind ${kind}`, text).readUIntBE(0, TOKEN_BYTES)

const randomPool = Buffer.alloc(TOKEN_BYTES * 256)
let used = randomPool.length
const randomToken = (): number => {
  if (used >= randomPool.length) {
    crypto.getRandomValues(randomPool)
    used = 0
  }
  used += TOKEN_BYTES
  return randomPool.readUIntBE(used - TOKEN_BYTES, TOKEN_BYTES)
}

/**
 * All the tokens of a row, padded. `made` remembers tokens between the rows of one batch: people share the beginnings of their names. It is
 * dropped with the batch.
 */
export const tokensOf = (key: KeyObject, rec: Rec, row: Record<string, unknown>, made = new Map<string, number>()): number[] => {
  const tokens = new Set<number>()
  for (const [field, find] of rec.finding) {
    const value = row[field]
    if (typeof value !== 'string' || find === 'exact') continue
    for (const text of textsOf(find, value)) {
      const known = made.get(`${find} ${text}`) ?? token(key, find, text)
      made.set(`${find} ${text}`, known)
      tokens.add(known)
    }
  }
  while (tokens.size % PADDED_TO !== 0) tokens.add(randomToken())
  return [...tokens]
}

/** One token for the whole value: a column of its own, for sealed fields found by `exact`. */
export const exactToken = (key: KeyObject, place: string, value: string): Buffer =>
  keyedHash(key, `exact ${place}`, value.trim().toLowerCase()).subarray(0, 16)

export interface SearchTerm {
  find: Finding
  text: string
}

const two = (n: string) => n.padStart(2, '0')
const YEAR_FIRST = /\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b/g
const MONTH_FIRST = /\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b/g
const PHONE = /\+?\(?\d[\d\s().-]{2,}\d/g
const EMAIL = /\S+@\S+/g

/**
 * What a person typed, as terms that must all be met: words are name prefixes in any order, 4 or more digits the end of a phone number,
 * `3/2/1984` or `1984-03-02` a birth date (month first, as US practices write it), something with an @ an e-mail address.
 */
export const searchTerms = (typed: string): SearchTerm[] => {
  const terms: SearchTerm[] = []
  const term = (find: Finding, text: string) => {
    terms.push({ find, text })
    return ' '
  }
  const names = typed
    .replace(EMAIL, (address) => term('email', address.toLowerCase()))
    .replace(YEAR_FIRST, (_, y: string, m: string, d: string) => term('date', `${y}-${two(m)}-${two(d)}`))
    .replace(MONTH_FIRST, (_, m: string, d: string, y: string) => term('date', `${y}-${two(m)}-${two(d)}`))
    .replace(PHONE, (number) => (digits(number).length < SHORTEST_PHONE ? number : term('phone', digits(number).slice(-LONGEST_PHONE))))
  for (const word of words(names)) term('name', [...word].slice(0, LONGEST_PREFIX).join(''))
  return terms
}

export const searchTokens = (key: KeyObject, terms: SearchTerm[]): number[] => terms.map((t) => token(key, t.find, t.text))

/** Whether an opened row truly meets the terms: a 40-bit token can, rarely, belong to two texts. */
export const meets = (rec: Rec, row: Record<string, unknown>, terms: SearchTerm[]): boolean =>
  terms.every((t) =>
    [...rec.finding].some(([field, find]) => {
      const value = row[field]
      return find === t.find && typeof value === 'string' && textsOf(find, value).includes(t.text)
    }),
  )
