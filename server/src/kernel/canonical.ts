/** What JSON can hold. Anything else (undefined, bigint, Date, Buffer, NaN) has no canonical form and is refused. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Far beyond any event; reached only by a value that contains itself. */
const MAX_DEPTH = 1000

/** Characters that JSON writes as they are, so that the common string needs no second look. */
const PLAIN = /^[ !#-[\]-~]*$/

/** Says where in the value the thing is that JSON cannot hold, e.g. `$.opened[0].at: a Date is not JSON`. */
export class NotCanonical extends TypeError {
  readonly reason: string
  readonly path: string

  constructor(reason: string, path = '') {
    super(`$${path}: ${reason}`)
    this.name = 'NotCanonical'
    this.reason = reason
    this.path = path
  }
}

/**
 * The one way to write a JSON value as text, so that equal values have equal bytes, hashes and signatures.
 *
 * Keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them (-0 becomes 0).
 * Hash or sign its UTF-8 bytes. Throws NotCanonical for NaN, infinities, undefined, bigint, lone surrogates, objects
 * that are not plain, and values that contain themselves. Source: RFC 8785.
 */
export const canonical = (value: Json): string => write(value, 0)

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(`${value} is not JSON`)
      return String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth === MAX_DEPTH) throw new NotCanonical('nested too deeply, or contains itself')
      return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1)
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      throw new NotCanonical(`${typeof value} is not JSON`)
  }
}

function writeString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  if (!text.isWellFormed()) throw new NotCanonical('a string with half a surrogate pair is not Unicode text')
  return JSON.stringify(text)
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '['
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ','
    text += writeMember(items[index], `[${index}]`, depth)
  }
  return `${text}]`
}

function writeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotCanonical(`a ${value.constructor.name} is not JSON`)
  }
  const keys = Object.keys(value)
  // Without a comparison sort() and < compare UTF-16 code units: exactly the order that RFC 8785 §3.2.3 asks for.
  if (!isSorted(keys)) keys.sort()
  let text = '{'
  for (const key of keys) {
    if (text.length > 1) text += ','
    text += `${writeString(key)}:${writeMember(Reflect.get(value, key), `.${key}`, depth)}`
  }
  return `${text}}`
}

function writeMember(value: unknown, step: string, depth: number): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`
  try {
    return write(value, depth)
  } catch (error) {
    throw error instanceof NotCanonical ? new NotCanonical(error.reason, step + error.path) : error
  }
}

/** Writers mostly spell their keys in order already; looking is cheaper than sorting. */
function isSorted(keys: readonly string[]): boolean {
  let previous = ''
  for (const key of keys) {
    if (key < previous) return false
    previous = key
  }
  return true
}
