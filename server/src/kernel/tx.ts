import type { PoolClient, QueryResult } from 'pg'
import { exactToken, meets, searchTerms, searchTokens, tokensOf } from './blind.ts'
import { canonical } from './canonical.ts'
import type { Clock } from './clock.ts'
import { discardObject } from './discard.ts'
import { notFound, Problem } from './errors.ts'
import { subscribersOf, type EventDefinition } from './event.ts'
import { explainRule, type Answer, type Explained } from './explain.ts'
import { newId } from './id.ts'
import type { JobDefinition } from './job.ts'
import { NO_PATIENT, type Keyring } from './keyring.ts'
import { inOneWrite } from './one-write.ts'
import type { Images } from './photo-lab.ts'
import type { Actor, Ask, Fact, Rule } from './policy.ts'
import type { Rec, Value } from './record.ts'
import { readSelfCheck, type SelfCheck } from './self-check.ts'
import type { Settings } from './settings.ts'
import { keyedHash, openValue, sealBytes, sealValue } from './seal.ts'
import {
  countText, deleteText, explainText, fetched, idsText, insertText, searchText, selectText, updateText, valuesOf,
  type ListOptions, type Statement, type Where,
} from './statement.ts'
import { objectPlace, Ticket } from './ticket.ts'
import { readTrail, type TrailFilter, type TrailLine } from './trail-reading.ts'
import { actsFor, countPatients, readSealedFrom, type Acts, type Busyness, type SealedLine } from './trail-watching.ts'

type Row = Record<string, unknown>
export interface Disclosure {
  record: string
  patientId: string
  rows: string[]
  fields: string[]
  /** The rows were added or changed, not read. Noted where the event itself does not name the patient. */
  wrote?: true
}

/** Where sealed bytes of files go: a directory or object storage. */
export interface Objects {
  put(key: string, bytes: Buffer): Promise<void>
  get(key: string): Promise<Buffer | undefined>
  delete(key: string): Promise<void>
}

/** What every row says of itself, whatever was asked for. */
type Named<R> = Extract<keyof Value<R>, 'id' | 'patientId'>

export type Patch<V> = { [K in keyof V]?: V[K] | null | undefined }

export interface TxHands {
  client: PoolClient
  keys: Keyring
  objects: Objects
  images: Pick<Images, 'inspect'>
  clock: Clock
  actor: Actor
  eventId: string
  /** Whose record the event names: a patient, `'*'` or `'-'`. */
  subject: string
  settings: Settings
  /** Of the practice's settings, as of the event. */
  edition: Promise<string | null>
}

interface Fetching {
  /** The sealed fields that are opened. All of them when left out: fewer opened is less disclosed. */
  open?: readonly string[]
  /** The clear fields that are fetched, beside the id. All of them when left out. */
  only?: readonly string[]
}

/** Nothing, when it depends on a record that nobody named. */
const whereOf = (fact: Fact, asked: Ask): Row | undefined => {
  try {
    return fact.where(asked)
  } catch {
    return undefined
  }
}

const ROWS_AT_ONCE = 100
const MOST_LISTED = 2000

/** Makes rows into values and back: the only place where sealed fields are closed and opened. */
const sealing = ({ keys, actor }: Pick<TxHands, 'keys' | 'actor'>) => {
  const { practiceId } = actor
  const ownerOf = (rec: Rec, row: Row) => {
    const owner = rec.aboutPatient ? row[rec.aboutPatient] : undefined
    return typeof owner === 'string' ? owner : NO_PATIENT
  }
  const place = (rec: Rec, field: string, rowId: unknown, owner: string) =>
    `${practiceId}|${rec.table}.${field}|${String(rowId)}|${owner}`
  const hash = (rec: Rec, field: string, value: unknown) =>
    keyedHash(keys.index(practiceId), `${rec.table}.${field}`, String(value))
  const blind = (rec: Rec, field: string, value: unknown) =>
    exactToken(keys.index(practiceId), `${rec.table}.${field}`, String(value))

  return {
    ownerOf,
    /** A value as it is compared with in a where. */
    comparable: (rec: Rec) => (field: string, value: unknown) =>
      rec.hashed.has(field) ? hash(rec, field, value) : rec.sealed.has(field) ? blind(rec, field, value) : value,
    /** Columns and values to be written for these fields. */
    closed(rec: Rec, fields: Row, rowId: unknown, owner: string): [string, unknown][] {
      return Object.keys(fields).flatMap((field): [string, unknown][] => {
        const column = rec.columns.get(field)
        const value = fields[field] ?? null
        if (!column) return []
        if (rec.hashed.has(field)) return [[column, value === null ? null : hash(rec, field, value)]]
        if (!rec.sealed.has(field)) return [[column, value]]
        const sealed = value === null ? null : sealValue(keys.dataKey(practiceId, owner), place(rec, field, rowId, owner), value)
        if (rec.finding.get(field) !== 'exact') return [[column, sealed]]
        return [[column, sealed], [`${column}_token`, value === null ? null : blind(rec, field, value)]]
      })
    },
    /** Opens what is sealed of a row, in place. */
    openRow(rec: Rec, row: Row): Row {
      const owner = ownerOf(rec, row)
      for (const field of rec.sealed) {
        const value = row[field]
        if (Buffer.isBuffer(value)) row[field] = openValue(keys.dataKey(practiceId, owner), place(rec, field, row['id'], owner), value)
      }
      return row
    },
  }
}

/** A row of these fields, still sealed. What is only ever compared stays behind. */
const named = (rec: Rec, fields: readonly string[], values: readonly unknown[]): Row => {
  const row: Row = {}
  fields.forEach((field, i) => {
    if (values[i] !== null && !rec.hashed.has(field)) row[field] = values[i]
  })
  return row
}

/**
 * What an action may do while the gate holds the door open. Every sealed field that it opens is noted; the note is committed with the
 * event before the answer leaves.
 */
export const openTx = ({ client, keys, objects, images, clock, actor, eventId, subject, settings, edition }: TxHands) => {
  const { practiceId } = actor
  const noted = new Map<string, Disclosure>()
  const stored: string[] = []
  let enqueued = 0
  /** What this action itself has changed is not in the edition that it began with. */
  let hasChangedSettings = false
  const { ownerOf, comparable, closed, openRow } = sealing({ keys, actor })

  let isOver = false
  /** The connection is somebody else's when the action is over: what it still asks for, because it waited for only one of two, is refused. */
  const held = (): PoolClient => {
    if (isOver) throw new Error('the action is over')
    inOneWrite(client)
    return client
  }
  const query = async ({ name, text }: Statement, values: unknown[]): Promise<QueryResult> => held().query({ name, text, values })
  const ask = async ({ name, text }: Statement, values: unknown[]): Promise<unknown[][]> =>
    (await held().query<unknown[]>({ name, text, values, rowMode: 'array' })).rows

  const noteRows = (rec: Rec, rows: readonly Row[], fields: Iterable<string>, how: 'read' | 'wrote') => {
    const names = [...fields].toSorted()
    if (names.length === 0) return
    const tag = `${how} ${rec.table} ${names.join()} `
    for (const row of rows) {
      const patientId = ownerOf(rec, row)
      const known = noted.get(tag + patientId)
      if (known) known.rows.push(String(row['id']))
      else noted.set(tag + patientId, { record: rec.table, patientId, rows: [String(row['id'])], fields: names, ...(how === 'wrote' ? { wrote: true } : {}) })
    }
  }
  /** An event across patients does not say whom it wrote about: the note does. */
  const noteWritten = (rec: Rec, rows: readonly Row[], fields: Iterable<string>) => {
    if (subject === '*' && rec.aboutPatient) noteRows(rec, rows, fields, 'wrote')
  }
  const openAll = async (rec: Rec, rows: Row[], fields: readonly string[]): Promise<Row[]> => {
    const wanted = fields.filter((f) => rec.sealed.has(f))
    if (wanted.length > 0) await keys.load(practiceId, rows.map((row) => ownerOf(rec, row)))
    noteRows(rec, rows, wanted, 'read')
    return rows.map((row) => openRow(rec, row))
  }
  const parameters = (rec: Rec, where: Row) => [practiceId, ...valuesOf(where, comparable(rec))]

  const select = async (rec: Rec, where: Row, options: ListOptions & Fetching, lock: '' | 'for update' = '') => {
    const fields = fetched(rec, new Set(options.open ?? rec.sealed), options.only)
    const values = parameters(rec, where)
    if (options.limit !== undefined) values.push(options.limit)
    const statement = selectText(rec, fields, where, options, lock)
    const found = () => ask(statement, values)
    const isRemembered = rec.isSettings && !lock && !hasChangedSettings
    const rows = await (isRemembered ? settings.read(await edition, `${statement.name} ${JSON.stringify(values)}`, found) : found())
    return openAll(rec, rows.map((row) => named(rec, fields, row)), fields)
  }

  const reindex = async (rec: Rec, rows: Row[]) => {
    if (rec.aboutPatient !== 'id') return
    const made = new Map<string, number>()
    const entries = rows.flatMap((row) => tokensOf(keys.index(practiceId), rec, row, made).map((token) => ({ token, id: row['id'] })))
    // In the order of the index: neighbours go to the same page.
    entries.sort((a, b) => a.token - b.token)
    await query(
      { name: 'blind', text: 'insert into blind_index (practice_id, token, patient_id) select $1, unnest($2::bigint[]), unnest($3::text[])' },
      [practiceId, entries.map((e) => e.token), entries.map((e) => e.id)],
    )
  }

  const insert = async (rec: Rec, rows: Row[]) => {
    hasChangedSettings ||= rec.isSettings
    const owners = rows.map((row) => ownerOf(rec, row))
    if (rec.aboutPatient === 'id') await keys.create(practiceId, owners)
    else if (rec.sealed.size > 0) await keys.load(practiceId, owners)
    const sent: Promise<unknown>[] = []
    for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
      const some = rows.slice(i, i + ROWS_AT_ONCE)
      const pairs = some.map((row, j) => {
        const whole = Object.fromEntries(rec.names.map((n) => [n, row[n]]))
        return closed(rec, whole, row['id'], owners[i + j] ?? NO_PATIENT)
      })
      const columns = (pairs[0] ?? []).map(([column]) => column)
      // Not awaited one by one: while the database writes these, the next are sealed.
      sent.push(query(insertText(rec, columns, some.length), [practiceId, ...pairs.flatMap((p) => p.map(([, value]) => value))]))
    }
    await Promise.all([...sent, reindex(rec, rows)])
    noteWritten(rec, rows, rec.names)
  }

  const enqueue = async <I>(job: JobDefinition<I>, input: I, options: { at?: string } = {}): Promise<void> => {
    enqueued++
    await query(
      { name: 'enqueue', text: 'insert into job (practice_id, id, name, input, run_at) values ($1, $2, $3, $4, coalesce($5, now()))' },
      [practiceId, newId('job'), job.name, JSON.stringify(job.input.parse(input)), options.at ?? null],
    )
  }

  return {
    actor,
    practiceId,
    /** The audit event under which all this happens. */
    eventId,
    /** Now, ISO 8601 UTC. */
    now: clock.now(),

    /** One row. `open` names the sealed fields that are needed (all, when left out): fewer opened is less disclosed. */
    async get<R extends Rec>(rec: R, where: Where<Value<R>>, open?: readonly (keyof Value<R> & string)[]): Promise<Value<R>> {
      const [row] = await select(rec, where, { ...(open ? { open } : {}), limit: 1 })
      if (!row) throw notFound(rec.table)
      return row as Value<R>
    },
    /** One row or none. */
    async find<R extends Rec>(rec: R, where: Where<Value<R>>, open?: readonly (keyof Value<R> & string)[]): Promise<Value<R> | undefined> {
      const [row] = await select(rec, where, { ...(open ? { open } : {}), limit: 1 })
      return row as Value<R> | undefined
    },
    /** One row, locked until the action ends, for read-then-change. */
    async lock<R extends Rec>(rec: R, where: Where<Value<R>>, open: readonly (keyof Value<R> & string)[] = []): Promise<Value<R>> {
      const [row] = await select(rec, where, { open, limit: 1 }, 'for update')
      if (!row) throw notFound(rec.table)
      return row as Value<R>
    },
    /** Rows of these fields: `open` names sealed ones, `only` clear ones. */
    async list<R extends Rec, Open extends keyof Value<R> & string, Only extends keyof Value<R> & string = keyof Value<R> & string>(
      rec: R,
      where: Where<Value<R>>,
      options: { open?: readonly Open[]; only?: readonly Only[]; orderBy?: keyof Value<R> & string; descending?: true; limit?: number } = {},
    ): Promise<Pick<Value<R>, Open | Only | Named<R>>[]> {
      return (await select(rec, where, { limit: MOST_LISTED, ...options })) as Value<R>[]
    },
    async count<R extends Rec>(rec: R, where: Where<Value<R>>): Promise<number> {
      const { rows } = await query(countText(rec, where), parameters(rec, where))
      return rows[0].n
    },
    /** Whether such a row is there, without opening it. */
    async has<R extends Rec>(rec: R, where: Where<Value<R>>): Promise<boolean> {
      return (await select(rec, where, { open: [], limit: 1 })).length > 0
    },
    /** Which of these values a sealed field (found by `exact`) has somewhere: the id of its row, by value. Opens nothing. */
    async idsBy<R extends Rec>(rec: R, field: keyof Value<R> & string, values: readonly string[]): Promise<Map<string, string>> {
      if (values.length === 0) return new Map()
      const tokens = values.map((value) => exactToken(keys.index(practiceId), `${rec.table}.${field}`, value))
      const byToken = new Map(tokens.map((token, i) => [token.toString('hex'), values[i] ?? '']))
      const { rows } = await query(idsText(rec, field), [practiceId, tokens])
      return new Map(rows.map((row: { id: string; token: Buffer }) => [byToken.get(row.token.toString('hex')) ?? '', row.id]))
    },

    /** Sealed rows found by what a person typed (blind.ts). Looks `among` these patients when given. At most `limit`. */
    async search<R extends Rec, Open extends keyof Value<R> & string, Only extends keyof Value<R> & string>(
      rec: R,
      typed: string,
      options: { open: readonly Open[]; only: readonly Only[]; limit: number; among?: readonly string[] },
    ): Promise<Pick<Value<R>, Open | Only | Named<R>>[]> {
      const terms = searchTerms(typed)
      if (terms.length === 0) return []
      const tokens = searchTokens(keys.index(practiceId), terms)
      // Long prefixes are rare: they lead, the others only filter.
      const rarestFirst = tokens.map((t, i) => ({ t, length: terms[i]?.text.length ?? 0 })).toSorted((a, b) => b.length - a.length)
      const { among, limit } = options
      const open = new Set([...options.open, ...[...rec.finding].filter(([, find]) => terms.some((t) => t.find === find)).map(([f]) => f)])
      const fields = fetched(rec, open, options.only)
      const rows = await ask(searchText(rec, fields, tokens.length, among ? { among: true } : {}), [
        practiceId, limit, ...rarestFirst.map(({ t }) => t), ...(among ? [among] : []),
      ])
      const found = rows.map((row) => named(rec, fields, row))
      await keys.load(practiceId, found.map((row) => ownerOf(rec, row)))
      const hits = found.map((row) => openRow(rec, row)).filter((row) => meets(rec, row, terms))
      noteRows(rec, hits, open, 'read')
      return hits as Value<R>[]
    },

    async add<R extends Rec>(rec: R, value: Omit<Value<R>, 'id'> & { id?: string }): Promise<Value<R>> {
      const whole = rec.fields.parse({ ...value, id: value.id ?? newId(rec.prefix) }) as Value<R>
      await insert(rec, [whole as Row])
      return whole
    },
    async addAll<R extends Rec>(rec: R, values: readonly (Omit<Value<R>, 'id'> & { id?: string })[]): Promise<Value<R>[]> {
      const rows = values.map((value) => rec.fields.parse({ ...value, id: value.id ?? newId(rec.prefix) }) as Value<R>)
      if (rows.length > 0) await insert(rec, rows as Row[])
      return rows
    },
    /**
     * Changes fields of one row, named by id (and patient, where it has one). Further fields of `where` are conditions.
     * `undefined` leaves a field as it is, `null` empties it.
     * @throws 404 when there is no such row, 409 when it is not (or no longer) as further conditions say.
     */
    async change<R extends Rec>(rec: R, where: Where<Value<R>> & { id: string }, patch: Patch<Value<R>>): Promise<void> {
      if (rec.changes === 'added-only') throw new Error(`${rec.table} is only added to, never changed`)
      const given = Object.entries(patch).filter(([, value]) => value !== undefined)
      if (given.length === 0) return
      const sealedPatch = given.some(([f]) => rec.sealed.has(f))
      const owner = ownerOf(rec, where as Row)
      if (sealedPatch && rec.aboutPatient && owner === NO_PATIENT) throw new Error(`${rec.table}: name the patient to change a sealed field`)
      if (sealedPatch) await keys.load(practiceId, [owner])
      const emptied = Object.fromEntries(given.filter(([, value]) => value === null))
      const fields = { ...rec.fields.partial().parse(Object.fromEntries(given.filter(([, value]) => value !== null))), ...emptied }
      const pairs = closed(rec, fields, where.id, owner)
      const columns = pairs.map(([column]) => column)
      hasChangedSettings ||= rec.isSettings
      const { rowCount } = await query(updateText(rec, columns, where), [...pairs.map(([, v]) => v), ...parameters(rec, where)])
      if (rowCount !== 1 && Object.keys(where).every((f) => f === 'id' || f === 'patientId')) throw notFound(rec.table)
      if (rowCount !== 1) throw new Problem(409, 'Changed meanwhile', 'Somebody changed this before you. Nothing was saved; look again.')
      noteWritten(rec, [where as Row], given.map(([field]) => field))
      if (rec.aboutPatient === 'id' && given.some(([f]) => rec.finding.has(f))) {
        await query({ name: 'unblind', text: 'delete from blind_index where practice_id = $1 and patient_id = $2' }, [practiceId, owner])
        const [row] = await select(rec, { id: where.id } as Row, { limit: 1 })
        if (row) await reindex(rec, [row])
      }
    },
    /** Only for records declared removable. */
    async remove<R extends Rec>(rec: R, where: Where<Value<R>>): Promise<number> {
      if (rec.changes !== 'removable') throw new Error(`${rec.table} is never removed`)
      hasChangedSettings ||= rec.isSettings
      return (await query(deleteText(rec, where), parameters(rec, where))).rowCount ?? 0
    },

    /** Seals bytes under the patient's key and stores them durably. Removed again when the action does not commit. */
    async store(patientId: string, bytes: Buffer): Promise<string> {
      const objectKey = `${practiceId}/${newId('obj')}`
      await keys.load(practiceId, [patientId])
      stored.push(objectKey)
      await objects.put(objectKey, sealBytes(keys.dataKey(practiceId, patientId), objectPlace(practiceId, patientId, objectKey), bytes))
      return objectKey
    },
    /**
     * Removes a stored object once this action has committed, however often the server dies in between: the queue does it. `store` and
     * `discard` together leave an object exactly when a row names it.
     */
    discard: (objectKey: string): Promise<void> => enqueue(discardObject, { objectKey }),
    /** What bytes claim to be, by their own header; or why they cannot become a photo. Decodes no pixel, so that a bomb costs nothing. */
    inspect: (bytes: Buffer): ReturnType<Images['inspect']> => images.inspect(bytes),
    /** A capability for the file door to open one stored object; notes it as opened. */
    async ticket(rec: Rec, of: { id: string; patientId: string; objectKey: string; field: string; contentType: string }): Promise<Ticket> {
      await keys.load(practiceId, [of.patientId])
      noteRows(rec, [{ id: of.id, patientId: of.patientId }], [of.field], 'read')
      return new Ticket({ objectKey: of.objectKey, practiceId, patientId: of.patientId, contentType: of.contentType })
    },

    /**
     * What this rule says of somebody else's asking, part by part, and until when; all in one query. Rows at locations where that person
     * does not work are none to her, whatever this transaction may see.
     */
    async explain(rule: Rule, asked: Ask): Promise<Explained> {
      const { places, elsewhere } = asked.actor
      const within = elsewhere?.has(asked.patient) || places === '*' ? undefined : places
      const askable = new Map<Fact, Row>()
      for (const fact of rule.facts) {
        const where = asked.patient === '-' && fact.record.aboutPatient ? undefined : whereOf(fact, asked)
        if (where) askable.set(fact, where)
      }
      const questions = [...askable].map(([{ record: rec, until }, where]) => ({
        record: rec, where, ...(until ? { latest: until.field } : {}),
        isWithinPlaces: within !== undefined && (rec.hasPlace || (rec.aboutPatient === 'id' && rec.names.includes('locationIds'))),
      }))
      const values = questions.flatMap(({ record: rec, where, isWithinPlaces }) => [...parameters(rec, where), ...(isWithinPlaces ? [within] : [])])
      const { rows: [row] } = questions.length === 0 ? { rows: [{}] } : await query(explainText(questions), values)
      const answers = new Map<Fact, Answer>([...askable.keys()].map((fact, i) => {
        const latest = row[`u${i}`]
        return [fact, { holds: row[`f${i}`] === true, ...(fact.until && typeof latest === 'string' ? { until: fact.until.from(latest, asked) } : {}) }]
      }))
      return explainRule(rule, asked, (fact) => answers.get(fact))
    },

    /** Lines of the trail, newest first. The database shows them only to actions named `trail.…`. */
    trail: (filter: TrailFilter): Promise<TrailLine[]> => readTrail(held(), practiceId, filter),

    /** Lines of the sealed trail from a position on, oldest first: for whoever reads on where she stopped. As `trail`, only for `trail.…`. */
    trailFrom: (seq: number, limit: number): Promise<SealedLine[]> => readSealedFrom(client, practiceId, seq, limit),
    /** How many patients' records people opened. As `trail`, only for `trail.…`. */
    trailPatients: (asked: Busyness): Promise<Map<string, number>> => countPatients(client, practiceId, asked),
    /** Who did something for whom. As `trail`, only for `trail.…`. */
    trailActs: (asked: Acts): Promise<{ actor: string; patientId: string; at: string }[]> => actsFor(client, practiceId, asked),

    /** What the database says about its own safeguards, in figures, as evidence for controls. */
    selfCheck: (refusedSince: string): Promise<SelfCheck> => readSelfCheck(held(), refusedSince),

    /** Puts a job into the queue, in this transaction: it exists exactly when what it follows from does. Ids and amounts only, no PHI. */
    enqueue,
    /** Tells later modules that something happened: their jobs are put into the queue. */
    async emit<I>(happened: EventDefinition<I>, input: I): Promise<void> {
      for (const job of subscribersOf(happened)) await enqueue(job, input)
    },

    /** For the gate only. */
    ending: {
      note: () => (noted.size === 0 ? undefined : canonical([...noted.values()] as never)),
      stored,
      enqueued: () => enqueued,
      close: () => {
        isOver = true
      },
    },
  }
}
export type Tx = Omit<ReturnType<typeof openTx>, 'ending'>
