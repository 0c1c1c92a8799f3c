import { z } from 'zod'

/**
 * How a sealed field can be found without opening it (blind.ts makes the tokens):
 * `exact` the whole value · `name` any prefix of any of its words · `phone` its last 4 or more digits · `date` the day.
 */
export type Finding = 'exact' | 'name' | 'phone' | 'email' | 'date'

/** By what somebody can be reached: shown in full only to people whose role includes it, in every answer (mask.ts). */
export type Contact = 'phone' | 'email' | 'address'

/** Stands for letters and digits of contact data that are not shown. */
export const MASK = '•'

interface SealedOptions {
  find?: Finding
  contact?: Contact
}
const sealedTypes = new WeakMap<z.ZodType, SealedOptions>()
const hashedTypes = new WeakSet<z.ZodType>()

/** Marks a field as stored encrypted under the patient's own key. Only the gate can turn it back into its value. */
export const sealed = <T extends z.ZodType>(type: T, options: SealedOptions = {}): T => {
  const marked = type.clone() as T
  sealedTypes.set(marked, options)
  return marked
}

/** What kind of contact data a field of a record is, wherever its type is used again. */
export const contactOf = (type: z.ZodType): Contact | undefined => sealedTypes.get(type)?.contact

/** Marks a secret that is only ever compared (a session or link token): stored as a keyed hash, never readable again. */
export const hashed = <T extends z.ZodType>(type: T): T => {
  const marked = type.clone() as T
  hashedTypes.add(marked)
  return marked
}

type Shape = { id: z.ZodType<string> & { prefix: string } } & z.ZodRawShape

/** `age` at which state: what a table promises beyond its columns. */
export interface RecordOptions {
  /** Rows may be changed after they were written (default) or only added. */
  changes?: 'updated' | 'added-only' | 'removable'
  /** About no patient and seldom changed: read from memory while nothing changed (settings.ts). Its table calls `work.keep_edition`. */
  use?: 'settings'
  /** One sentence for docs/data-map.md: what this is and why it is kept. */
  what?: string
}

export const snake = (name: string) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

/**
 * The one statement of what is stored: a table, its fields, and which of them are secret. Encryption, blind indexes, the note of what was
 * opened, docs/data-map.md and the tests of the promises follow from it. `practice_id` leads every table and is never a field: the gate
 * knows it.
 */
export const record = <S extends Shape>(table: string, shape: S, options: RecordOptions = {}) => {
  const names = Object.keys(shape)
  const typeOf = (name: string) => shape[name] as z.ZodType
  const sealedNames = names.filter((n) => sealedTypes.has(typeOf(n)))
  const finding = new Map<string, Finding>()
  for (const n of sealedNames) {
    const find = sealedTypes.get(typeOf(n))?.find
    if (find) finding.set(n, find)
  }
  const made = {
    table,
    prefix: shape.id.prefix,
    fields: z.object(shape),
    names,
    columns: new Map(names.map((n) => [n, snake(n)])),
    sealed: new Set(sealedNames),
    hashed: new Set(names.filter((n) => hashedTypes.has(typeOf(n)))),
    finding,
    /** The patient record itself is about the patient whose id it has. */
    aboutPatient: table === 'patient' ? ('id' as const) : 'patientId' in shape ? ('patientId' as const) : undefined,
    hasPlace: 'locationId' in shape,
    changes: options.changes ?? 'updated',
    isSettings: options.use === 'settings',
    what: options.what ?? '',
  }
  RECORDS.set(table, made)
  return made
}

/** Every record of the running system by table: what docs/data-map.md and the invariant tests walk over. */
export const RECORDS = new Map<string, Rec>()

export interface Rec<S extends z.ZodRawShape = z.ZodRawShape> {
  table: string
  prefix: string
  fields: z.ZodObject<S>
  names: string[]
  columns: Map<string, string>
  sealed: Set<string>
  hashed: Set<string>
  finding: Map<string, Finding>
  aboutPatient: 'id' | 'patientId' | undefined
  hasPlace: boolean
  changes: 'updated' | 'added-only' | 'removable'
  isSettings: boolean
  what: string
}
export type Value<R> = R extends { fields: infer F } ? z.infer<F> : never
