import { hash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { z } from 'zod'
import type { Action } from './action.ts'
import { canonical, type Json } from './canonical.ts'
import { afterMinutes, type Clock } from './clock.ts'
import { conflict, Denied, invalid, Problem, type Refusal } from './errors.ts'
import { newId } from './id.ts'
import type { Keyring } from './keyring.ts'
import { NO_PATIENT } from './keyring.ts'
import { inOneWrite } from './one-write.ts'
import { maskerOf } from './mask.ts'
import type { Images } from './photo-lab.ts'
import { limitOn, SHOWS_CONTACT, type Actor, type Ask, type Fact, type Verdict } from './policy.ts'
import { ROLES } from './roles.ts'
import { keyedHash, openValue, sealValue } from './seal.ts'
import { settings } from './settings.ts'
import { factsText, valuesOf } from './statement.ts'
import { openTx, type Objects } from './tx.ts'

export interface GateHands {
  pool: Pool
  keys: Keyring
  objects: Objects
  images: Pick<Images, 'inspect'>
  clock: Clock
  /** Called after a commit that put jobs into the queue. */
  wake: () => void
}
export interface PerformOptions {
  /** Idempotency-Key: the same key from the same actor gets the first answer again, and nothing happens twice. */
  idempotencyKey?: string
  /** Reference of the request, for the trail and for error reports. */
  request?: string
}

const sqlState = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')
const CLASHES = new Set(['23P01', '23505'])
const RETRIED = new Set(['40001', '40P01'])
const MOST_TRIES = 3

const unreadable = (error: z.ZodError) => invalid(error.issues.map((i) => ({ path: i.path.join('.'), message: i.message })))
const parse = <T>(type: z.ZodType<T>, raw: unknown): T => {
  const parsed = type.safeParse(raw)
  if (parsed.success) return parsed.data
  throw unreadable(parsed.error)
}

/** People of the team whose roles do not show contact data see it in part. Patients see their own, jobs and operators need it to reach them. */
const shownTo = <T>({ kind, grants }: Actor, type: z.ZodType<T>, answer: T): T => {
  const mask = kind === 'staff' && !grants.has(SHOWS_CONTACT) ? maskerOf(type) : undefined
  return mask ? (mask(answer) as T) : answer
}

type Named = Pick<Action<never, never>, 'name' | 'does' | 'purpose' | 'reach'>

/** Where row security lets this action look. */
const placesOf = ({ reach }: Named, { places, elsewhere }: Actor, patient: string) => (reach === 'practice' || elsewhere?.has(patient) ? '*' : places)

const titleOf = (role: string) => ROLES.get(role)?.title ?? role

export const STEP_UP_MINUTES = 10
const notProven: Refusal = {
  rule: 'step-up',
  citation: 'Person or entity authentication, 45 CFR 164.312(d)',
  why: `This is a step that cannot be undone by somebody else at your screen: show once more that it is you (valid for ${STEP_UP_MINUTES} minutes).`,
  whoCanFix: 'You, with your password and second factor or your passkey',
  fix: { label: 'Confirm it is you', href: '/account?prove=1' },
}

/** What bars this actor before any row is looked at: no grant, a limit of her standing or device, a proof too old. */
const barred = (act: Pick<Action<never, never>, 'name' | 'does' | 'purpose' | 'phi' | 'stepUp' | 'wayOut'>, actor: Actor, now: string): Refusal | undefined => {
  if (!actor.grants.has(act.name)) return lacksGrant(act, actor)
  const limit = act.wayOut && act.phi === 'none' ? undefined : limitOn(act, actor.limits)
  if (limit) return limit
  const isStale = actor.kind === 'staff' && (actor.provenAt === undefined || afterMinutes(actor.provenAt, STEP_UP_MINUTES) <= now)
  return act.stepUp && isStale ? notProven : undefined
}

const lacksGrant = (act: Named, actor: Actor): Refusal => ({
  rule: 'role',
  citation: 'Minimum necessary, 45 CFR 164.502(b)',
  why:
    actor.roles.length > 0
      ? `Your role (${(actor.roleTitles ?? actor.roles.map(titleOf)).join(', ')}) does not include this: ${act.does}.`
      : `This is only for people with a role in the practice: ${act.does}.`,
  whoCanFix: 'The practice owner, who decides what a role includes',
  ...(actor.kind === 'staff' ? { fix: { label: 'Ask for access', href: `/access?action=${act.name}` } } : {}),
})

/**
 * The one door to stored data.
 *
 * The caller gets an answer only once the actor was allowed, the event is in the trail, and both have committed. The event is written
 * first because the database shows a patient's rows only to the transaction that wrote it (0001_gate.sql). A refusal or a failure rolls
 * everything back, so it is written again on its own.
 *
 * @hipaa 164.312(a)(1) access control
 * @hipaa 164.312(b) audit controls
 *
 * A gated read takes three round trips: begin, event and the rules' facts together; the rows; the note of what was opened and the commit
 * together. Two where the rules ask the database nothing: then the rows are asked for in the same write, behind the event.
 */
export const gate = (hands: GateHands) => {
  const { pool, keys, objects, images, clock } = hands
  const known = settings()

  const identity = (act: Named, actor: Actor, patient: string, eventId: string, request: string) => [
    actor.practiceId, eventId, actor.id, actor.roles.join(' '), actor.via ?? '', act.name, act.purpose, patient,
    placesOf(act, actor, patient) === '*' ? ['*'] : placesOf(act, actor, patient), request,
  ]

  /** `by`: a connection that is held already. A second one from the pool could wait for ever for those who wait like it. */
  const refuse = async (by: Pool | PoolClient, who: unknown[], outcome: 'denied' | 'failed', rule: string) => {
    const values = [...who.with(1, newId('evt')), outcome, rule]
    await by.query({ name: 'refuse', text: 'select audit.refuse($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)', values })
  }

  const ask = (client: PoolClient, facts: readonly Fact[], asked: Ask): Promise<(fact: Fact) => boolean> => {
    if (facts.length === 0) return Promise.resolve(() => false)
    const questions = facts.map((f) => ({ record: f.record, where: f.where(asked) }))
    const { name, text } = factsText(questions)
    const values = questions.flatMap((q) => [asked.actor.practiceId, ...valuesOf(q.where, (_field, value) => value)])
    return client.query({ name, text, values }).then(({ rows }) => (fact) => rows[0][`f${facts.indexOf(fact)}`] === true)
  }

  const earlier = async (client: PoolClient, actor: Actor, key: string) => {
    // The same command sent twice at once stands in line, so that the second finds the answer of the first and not its traces.
    const inLine = client.query({ name: 'in line', text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [`${actor.practiceId} ${actor.id} ${key}`] })
    inLine.catch(() => {})
    const { rows } = await client.query({
      name: 'earlier', text: 'select patient_id, action, input, answer, opened from idempotency where practice_id = $1 and actor = $2 and key = $3',
      values: [actor.practiceId, actor.id, key],
    })
    return rows[0] as { patient_id: string; action: string; input: Buffer; answer: Buffer; opened: string } | undefined
  }

  const once = async <I, O>(act: Action<I, O>, actor: Actor, input: I, options: PerformOptions, mayTryAgain: () => boolean): Promise<O> => {
    const { practiceId } = actor
    const patient = act.patient(input, actor)
    const eventId = newId('evt')
    const who = identity(act, actor, patient, eventId, options.request ?? '')
    const asked: Ask<I> = { actor, patient, input, now: clock.now() }
    const recorded = act.trail !== 'refusals'
    const bar = barred(act, actor, asked.now)
    if (bar) {
      await refuse(pool, who, 'denied', bar.rule)
      throw new Denied(bar, act.name)
    }
    if (act.phi === 'none' && patient !== '-') throw new Error(`${act.name} says it touches no patient, and names one`)
    if (!keys.isReady(practiceId)) await keys.ready(practiceId)
    const warm = patient.startsWith('pat_') && !keys.holds(practiceId, patient) ? keys.load(practiceId, [patient]) : undefined
    warm?.catch(() => {})

    const client = await pool.connect()
    let tx: ReturnType<typeof openTx> | undefined
    let broken: Error | undefined
    let isCommitting = false
    let entered: Promise<unknown> = Promise.resolve()
    const key = recorded ? options.idempotencyKey : undefined
    const answerPlace = `${practiceId}|idempotency|${actor.id}|${key}`
    const inputHash = key ? keyedHash(keys.index(practiceId), 'idempotency', canonical(JSON.parse(JSON.stringify(bytesAsHash(input))) as Json)) : undefined
    try {
      inOneWrite(client)
      const began = client.query('begin')
      const edition = client
        .query<{ edition: string | null }>(
          recorded
            ? { name: 'enter', text: 'select audit.enter($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) as edition', values: who }
            : { name: 'plain', text: `select set_config('nacre.practice', $1, true), work.edition($1) as edition`, values: [practiceId] },
        )
        .then(({ rows }) => rows[0]?.edition ?? null)
      entered = Promise.all([began, edition])
      entered.catch(() => {})
      const [holds, before] = await Promise.all([ask(client, act.allow.facts, asked), key ? earlier(client, actor, key) : undefined])
      const verdict: Verdict = act.allow.decide(asked, holds)
      if (verdict !== true) throw new Denied(verdict)
      await warm

      if (key && inputHash && before) {
        if (before.action !== act.name || !before.input.equals(inputHash))
          throw conflict('This Idempotency-Key was used for something else. Send a new one.')
        await keys.load(practiceId, [keyOwner(before.patient_id)])
        const answer = openValue(keys.dataKey(practiceId, keyOwner(before.patient_id)), answerPlace, before.answer)
        // The answer shows again what was opened then: that is on record again.
        if (before.opened) await client.query({ name: 'leave', text: 'select audit.leave($1,$2,$3)', values: [practiceId, eventId, before.opened] })
        if ((await client.query('commit')).command !== 'COMMIT') throw new Error('the transaction did not commit')
        return parse(act.output, answer)
      }

      tx = openTx({ client, keys, objects, images, clock, actor, eventId, subject: patient, settings: known, edition })
      const output = shownTo(actor, act.output, parse(act.output, await act.run(tx, input)))
      await entered
      tx.ending.close()
      const what = tx.ending.note()
      isCommitting = true
      inOneWrite(client)
      const remembered = key && inputHash && client.query({
        name: 'remember', text: 'insert into idempotency (practice_id, actor, key, patient_id, action, input, answer, opened) values ($1,$2,$3,$4,$5,$6,$7,$8)',
        values: [practiceId, actor.id, key, patient, act.name, inputHash, sealValue(keys.dataKey(practiceId, keyOwner(patient)), answerPlace, output ?? null), what ?? ''],
      })
      const noted = what && recorded && client.query({ name: 'leave', text: 'select audit.leave($1,$2,$3)', values: [practiceId, eventId, what] })
      const [committed] = await Promise.all([client.query('commit'), remembered, noted])
      if (committed.command !== 'COMMIT') throw new Error('the transaction did not commit')
      if (tx.ending.enqueued() > 0) hands.wake()
      return output
    } catch (thrown) {
      tx?.ending.close()
      // After a statement that failed the database fails all others: what matters is the first.
      const first: unknown = await entered.then(() => thrown, (failed: unknown) => failed)
      const error = refusedByDatabase(first)
      await client.query('rollback').catch((e: Error) => (broken = e))
      // A connection that broke during the commit leaves open whether it happened: a sealed file too many is better than a photo too few.
      if (!isCommitting || sqlState(first)) for (const objectKey of tx?.ending.stored ?? []) await objects.delete(objectKey).catch(() => {})
      if (RETRIED.has(sqlState(error)) && mayTryAgain()) throw error
      if (error instanceof Denied) error.extra['action'] ??= act.name
      if (error instanceof Denied) await refuse(broken ? pool : client, who, 'denied', error.refusal.rule)
      else if (recorded) await refuse(broken ? pool : client, who, 'failed', failure(error))
      throw CLASHES.has(sqlState(error)) ? clash(act, error) : error
    } finally {
      client.release(broken)
    }
  }

  /**
   * @throws {@link Problem}: 403 refused by a rule, 404 not there, 409 clash or stale, 422 bad input. Anything else is a fault, of which
   * the caller learns only the reference.
   */
  return async function perform<I, O>(act: Action<I, O>, actor: Actor, raw: unknown, options: PerformOptions = {}): Promise<O> {
    const parsed = act.input.safeParse(raw)
    if (!parsed.success) {
      // Who may not do this at all learns that, and it is on record, whatever she sent: not what the action would want to have.
      const bar = barred(act, actor, clock.now())
      if (!bar) throw unreadable(parsed.error)
      await refuse(pool, identity(act, actor, '-', '', options.request ?? ''), 'denied', bar.rule)
      throw new Denied(bar, act.name)
    }
    const input = parsed.data
    for (let tries = 1; ; tries++) {
      try {
        return await once(act, actor, input, options, () => tries < MOST_TRIES)
      } catch (error) {
        const again = RETRIED.has(sqlState(error)) || hasRaced(act, error) || (options.idempotencyKey && sameKeyRaced(error))
        if (!again || tries >= MOST_TRIES) throw error
      }
    }
  }
}
export type Perform = ReturnType<typeof gate>

/** Bytes are compared by their hash: a photo is never turned into JSON. */
const bytesAsHash = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, Buffer.isBuffer(value) ? hash('sha256', value) : value]))
}

const keyOwner = (patient: string) => (patient.startsWith('pat_') ? patient : NO_PATIENT)
const hasRaced = ({ raced = [] }: { raced?: readonly string[] }, error: unknown) =>
  error instanceof Problem && raced.includes(String(error.extra['constraint']))
const sameKeyRaced = (error: unknown) => error instanceof Problem && error.extra['constraint'] === 'idempotency_pkey'

/** What the trail says of a failure: a word, never a message that might carry values. */
const failure = (error: unknown) =>
  error instanceof Problem ? `${error.status} ${error.title.toLowerCase()}` : sqlState(error) ? `database ${sqlState(error)}` : 'fault'

/** The database's own words for a row that row security does not let in: the second witness says what no rule had said. */
const BEYOND: Refusal = {
  rule: 'row-security',
  citation: 'Minimum necessary, 45 CFR 164.502(b)',
  why: 'This would be written where you do not work.',
  whoCanFix: 'The practice owner, who decides who works where',
}
const routineOf = (error: unknown) => (error instanceof Error && 'routine' in error ? error.routine : undefined)

/** What the database turns down because of what was asked: an id that leads nowhere, a value that cannot be kept. Not a fault of ours. */
const refusedByDatabase = (error: unknown): unknown => {
  const state = sqlState(error)
  if (state === '42501' && routineOf(error) === 'ExecWithCheckOptions') return new Denied(BEYOND)
  if (state === '23503') return invalid([], 'Something that this refers to is not there, or is not yours to use. Nothing was saved.')
  if (state === '23514' || (state.startsWith('22') && state.length === SQL_STATE_LENGTH))
    return invalid([], 'Something of what was sent cannot be kept as it is. Nothing was saved.')
  return error
}
const SQL_STATE_LENGTH = 5

const clash = <I, O>(act: Action<I, O>, error: unknown) => {
  const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : ''
  const said = act.clashes?.[constraint]
  return conflict(said ?? 'This is there already. Nothing was saved.', { constraint })
}
