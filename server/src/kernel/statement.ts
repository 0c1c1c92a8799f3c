import type { Rec } from './record.ts'

/** A comparison other than equality in a `Where`. */
export class Op {
  readonly sign: '>' | '>=' | '<' | '<=' | 'in' | 'is not null' | '<>' | '..' | 'lacks'
  readonly value: unknown
  constructor(sign: Op['sign'], value: unknown) {
    this.sign = sign
    this.value = value
  }
}
export const after = (value: string | number) => new Op('>', value)
export const from = (value: string | number) => new Op('>=', value)
export const before = (value: string | number) => new Op('<', value)
export const upTo = (value: string | number) => new Op('<=', value)
export const oneOf = (values: readonly (string | number)[]) => new Op('in', values)
export const other = (value: string | number) => new Op('<>', value)
/** A list that has not this among its values. */
export const lacking = (value: string) => new Op('lacks', value)
/** From the first on, and before the second: a day, a range of instants. */
export const within = (first: string | number, end: string | number) => new Op('..', [first, end])
export const present = () => new Op('is not null', undefined)

/** Field by field; all must hold. `null`: the field is empty. */
export type Where<V> = { [K in keyof V]?: V[K] | Op | null }

export interface ListOptions {
  orderBy?: string
  descending?: true
  limit?: number
}

/** Which fields a statement fetches. Of sealed ones only those of `open`: a long document is not read from disk to list its title. */
export const fetched = (rec: Rec, open: ReadonlySet<string>, only?: readonly string[]): string[] =>
  rec.names.filter((n) => n === 'id' || n === rec.aboutPatient || (rec.sealed.has(n) ? open.has(n) : !only || only.includes(n)))

export interface Statement {
  name: string
  text: string
}

/**
 * SQL text from the record, built once for each shape and then prepared under its name on every connection. Only columns that the record
 * declares can appear; values are always parameters.
 */
const built = new Map<string, Statement>()
const statement = (shape: string, build: () => string): Statement => {
  const known = built.get(shape)
  if (known) return known
  const made = { name: `n${built.size}`, text: build() }
  built.set(shape, made)
  return made
}

/** The column that is compared: sealed fields are found by their blind column, hashed ones by themselves. */
export const columnOf = (rec: Rec, field: string): string => {
  const column = rec.columns.get(field)
  if (!column) throw new Error(`${rec.table} has no field ${field}`)
  if (!rec.sealed.has(field)) return column
  if (rec.finding.get(field) !== 'exact') throw new Error(`${rec.table}.${field} is sealed and has no blind column to find it by`)
  return `${column}_token`
}

const test = (rec: Rec, field: string, value: unknown, next: () => string): string => {
  const column = columnOf(rec, field)
  if (value === null) return `${column} is null`
  if (!(value instanceof Op)) return `${column} = ${next()}`
  if (value.sign === 'is not null') return `${column} is not null`
  if (value.sign === '..') return `(${column} >= ${next()} and ${column} < ${next()})`
  if (value.sign === 'lacks') return `not (${next()} = any (${column}))`
  return value.sign === 'in' ? `${column} = any (${next()})` : `${column} ${value.sign} ${next()}`
}
const shapeOf = (value: unknown) => (value === null ? '0' : value instanceof Op ? value.sign : '=')

type Fields = Record<string, unknown>
const fieldsOf = (where: Fields) => Object.keys(where).filter((f) => where[f] !== undefined)
const signature = (where: Fields) => fieldsOf(where).map((f) => `${f}${shapeOf(where[f])}`).join(',')

const conditions = (rec: Rec, where: Fields, next: () => string) =>
  [`practice_id = ${next()}`, ...fieldsOf(where).map((f) => test(rec, f, where[f], next))].join(' and ')

const counter = (first = 1) => {
  let n = first - 1
  return () => `$${++n}`
}

/** The parameter values of a where, in the order of its text; the practice comes before them. */
export const valuesOf = (where: Fields, encode: (field: string, value: unknown) => unknown): unknown[] =>
  fieldsOf(where).flatMap((f) => {
    const value = where[f]
    if (value === null) return []
    if (!(value instanceof Op)) return [encode(f, value)]
    if (value.sign === '..' && Array.isArray(value.value)) return value.value
    if (value.sign === 'in' && Array.isArray(value.value)) return [value.value.map((one: unknown) => encode(f, one))]
    return value.sign === 'is not null' ? [] : [value.value]
  })

export const selectText = (rec: Rec, fields: readonly string[], where: Fields, { orderBy, descending, limit }: ListOptions, lock: '' | 'for update') => {
  const shape = `s ${rec.table} ${fields.join(',')} ${signature(where)} ${orderBy ?? ''} ${descending ?? ''} ${limit === undefined ? '' : 'l'} ${lock}`
  return statement(shape, () => {
    const next = counter()
    const columns = fields.map((n) => rec.columns.get(n)).join(', ')
    const order = orderBy ? ` order by ${columnOf(rec, orderBy)}${descending ? ' desc' : ''}` : ''
    return `select ${columns} from ${rec.table} where ${conditions(rec, where, next)}${order}${limit === undefined ? '' : ` limit ${next()}`} ${lock}`
  })
}

/** Ids by the token of a sealed field found by `exact`. */
export const idsText = (rec: Rec, field: string) =>
  statement(`t ${rec.table} ${field}`, () => {
    const column = columnOf(rec, field)
    return `select id, ${column} as token from ${rec.table} where practice_id = $1 and ${column} = any ($2)`
  })

export const countText = (rec: Rec, where: Fields) =>
  statement(`c ${rec.table} ${signature(where)}`, () => `select count(*)::int as n from ${rec.table} where ${conditions(rec, where, counter())}`)

export const deleteText = (rec: Rec, where: Fields) =>
  statement(`d ${rec.table} ${signature(where)}`, () => `delete from ${rec.table} where ${conditions(rec, where, counter())}`)

export const updateText = (rec: Rec, columns: string[], where: Fields) =>
  statement(`u ${rec.table} ${columns.join(',')} ${signature(where)}`, () => {
    const next = counter()
    const set = columns.map((c) => `${c} = ${next()}`).join(', ')
    return `update ${rec.table} set ${set} where ${conditions(rec, where, next)}`
  })

/** `rows` rows at once; the practice is the first parameter, then row by row. */
export const insertText = (rec: Rec, columns: string[], rows: number) =>
  statement(`i ${rec.table} ${columns.join(',')} ${rows}`, () => {
    const next = counter(2)
    const row = () => `($1, ${columns.map(() => next()).join(', ')})`
    return `insert into ${rec.table} (practice_id, ${columns.join(', ')}) values ${Array.from({ length: rows }, row).join(', ')}`
  })

/** All the facts of an action's rules in one query, one column each. */
export const factsText = (facts: readonly { record: Rec; where: Fields }[]) =>
  statement(`f ${facts.map((f) => `${f.record.table} ${signature(f.where)}`).join('; ')}`, () => {
    const next = counter()
    const one = (f: { record: Rec; where: Fields }, i: number) =>
      `exists (select from ${f.record.table} where ${conditions(f.record, f.where, next)}) as f${i}`
    return `select ${facts.map(one).join(', ')}`
  })

export interface Explaining {
  record: Rec
  where: Fields
  /** The field whose latest value says until when it holds. */
  latest?: string
  /** The locations within which the row must be, for rows that have one. */
  isWithinPlaces: boolean
}
const placeTest = (rec: Rec, next: () => string) => (rec.hasPlace ? ` and location_id = any (${next()})` : ` and location_ids && ${next()}`)

/** The facts of a rule with how long they hold, in one query: two columns each. */
export const explainText = (facts: readonly Explaining[]) =>
  statement(`e ${facts.map((f) => `${f.record.table} ${signature(f.where)} ${f.latest ?? ''} ${f.isWithinPlaces}`).join('; ')}`, () => {
    const next = counter()
    const one = ({ record, where, latest, isWithinPlaces }: Explaining, i: number) =>
      `(select count(*) > 0 as f${i}, ${latest ? `max(${columnOf(record, latest)})` : 'null::text'} as u${i}
        from ${record.table} where ${conditions(record, where, next)}${isWithinPlaces ? placeTest(record, next) : ''}) q${i}`
    return `select * from ${facts.map(one).join(', ')}`
  })

/** Patients that meet all of n tokens. */
export const searchText = (rec: Rec, fields: readonly string[], tokens: number, options: { among?: true }) =>
  statement(`b ${rec.table} ${fields.join(',')} ${tokens} ${options.among ?? ''}`, () => {
    const columns = fields.map((n) => `t.${rec.columns.get(n)}`).join(', ')
    const rest = Array.from({ length: tokens - 1 }, (_, i) =>
      `and exists (select from blind_index b${i} where b${i}.practice_id = $1 and b${i}.token = $${i + 4} and b${i}.patient_id = t.id)`)
    const among = options.among ? `and t.id = any ($${tokens + 3})` : ''
    return `select ${columns} from blind_index b join ${rec.table} t on t.practice_id = $1 and t.id = b.patient_id
      where b.practice_id = $1 and b.token = $3 ${rest.join(' ')} ${among} limit $2`
  })
