import { z } from 'zod'

/** JSON Schema, as far as the records and actions use it. */
export interface Schema {
  type?: string
  format?: string
  pattern?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  minItems?: number
  minLength?: number
  maxLength?: number
  minimum?: number
}
export const schemaOf = (type: z.ZodType): Schema =>
  z.toJSONSchema(type, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Schema

/** Where a value stands in an input: `lines.0.description`. */
export type Path = string
/** Which id stands there; `prefix` says of what kind: `pat`. */
export type Ids = (prefix: string, path: Path) => string

export const TOMORROW = new Date(Date.now() + 24 * 3_600_000).toISOString()

const ID = /^\^(\w{3})_/
export const prefixOf = ({ pattern }: Schema): string | undefined => (pattern ? ID.exec(pattern)?.[1] : undefined)

/** Names of roles, hashes, domains: a new pattern finds its word here, or gets one. */
const WELL_FORMED = ['front-desk', 'a'.repeat(64), 'example.test', '2026-11-22']

const text = (schema: Schema, name: string, words: string): string => {
  if (schema.format === 'date') return name === 'birthDate' ? '1990-02-14' : TOMORROW.slice(0, 10)
  if (schema.format === 'date-time') return TOMORROW
  if (schema.format === 'email') return `${words.toLowerCase()}@example.test`
  if (schema.format === 'uri') return 'https://example.test'
  const { pattern } = schema
  const fitting = pattern ? WELL_FORMED.find((one) => new RegExp(pattern, 'u').test(one)) : undefined
  if (fitting !== undefined) return fitting
  if (name === 'timeZone') return 'America/New_York'
  if (name === 'phone') return '+12125550199'
  if (name === 'code') return '000000'
  const most = schema.maxLength ?? 200
  return `${words} ${name}`.padEnd(Math.min(schema.minLength ?? 1, most), 'x').slice(0, most)
}

const firstOf = (schemas: readonly Schema[]): Schema => schemas.find((one) => one.type !== 'null') ?? {}

/** What of an input is there: all that may be, or what must be together with what stands at these paths. */
export type Which = 'all' | readonly Path[]
const isWanted = (which: Which, path: Path) => which === 'all' || which.some((one) => one === path || one.startsWith(`${path}.`))

/** A value that fits the schema. `words` stand in every text, so that what comes back can be recognised. */
export const valueOf = (schema: Schema, of: { ids: Ids; words: string; which: Which }, path: Path = ''): unknown => {
  const name = path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? ''
  const choice = schema.anyOf ?? schema.oneOf
  if (choice) return valueOf(firstOf(choice), of, path)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const prefix = prefixOf(schema)
  if (prefix) return of.ids(prefix, path)
  if (schema.type === 'object') {
    const inside = (key: string) => (path ? `${path}.${key}` : key)
    const wanted = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key) || isWanted(of.which, inside(key)))
    return Object.fromEntries(wanted.map(([key, inner]) => [key, valueOf(inner, of, inside(key))]))
  }
  if (schema.type === 'array') return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, (_, i) => valueOf(schema.items ?? {}, of, `${path}.${i}`))
  if (schema.type === 'number' || schema.type === 'integer') return Math.max(schema.minimum ?? 1, 1)
  if (schema.type === 'boolean') return true
  if (schema.type === 'string') return text(schema, name, of.words)
  return undefined
}

export interface Leaf {
  path: Path
  type: string
  schema: Schema
}
/** Every place of an input that holds a value, ids included. */
export const leavesOf = (schema: Schema, path: Path = ''): Leaf[] => {
  const choice = schema.anyOf ?? schema.oneOf
  if (choice) return leavesOf(firstOf(choice), path)
  if (schema.type === 'object' && schema.properties)
    return Object.entries(schema.properties).flatMap(([key, inner]) => leavesOf(inner, path ? `${path}.${key}` : key))
  if (schema.type === 'array') return [{ path, type: 'array', schema }, ...leavesOf(schema.items ?? {}, `${path}.0`)]
  return [{ path, type: schema.enum || schema.const !== undefined ? 'choice' : (schema.type ?? 'object'), schema }]
}

/** A copy of `value` with something else at `path`. */
export const withAt = (value: unknown, path: Path, other: unknown): unknown => {
  const [key = '', ...rest] = path.split('.')
  const inner = (of: unknown) => (rest.length === 0 ? other : withAt(of, rest.join('.'), other))
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === key ? inner(one) : one))
  const known = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return { ...Object.fromEntries(known), [key]: inner(Object.fromEntries(known)[key]) }
}
