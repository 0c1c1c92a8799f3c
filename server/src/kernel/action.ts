import type { z } from 'zod'
import type { Rule, Actor } from './policy.ts'
import type { Tx } from './tx.ts'

/** Purpose of use: why the record is touched (45 CFR 164.501, 164.506, 164.524). */
export type Purpose = 'treatment' | 'payment' | 'operations' | 'patient-request'

/**
 * How much of a patient an action shows or changes: `none` (no patient's record is touched at all), `identity` (who she is, when she comes,
 * what she owes), `clinical` (what is known of her body and health). Floors, devices and a person's standing bar by this.
 */
export type Phi = 'none' | 'identity' | 'clinical'

/** One thing that can be done. HTTP, jobs, FHIR, the command line and tests all reach it through `perform`, and no other way. */
export interface Action<I, O> {
  /** Noun and verb, in the audit trail, the roles and the access matrix: `photo.view`. */
  name: `${string}.${string}`
  /** What it does, as a sentence that completes "may …": for the access matrix, OpenAPI and the refusal of a role. */
  does: string
  purpose: Purpose
  phi: Phi
  /** Whose record this touches: a patient's id, `'*'` when it looks across patients, `'-'` when it touches no patient's record at all. */
  patient: (input: I, actor: Actor) => string
  /** Who may, beyond the role: roles hold sets of actions (content/roles.json). */
  allow: Rule
  /**
   * `'refusals'`: only refusals are put on record. Possible only for actions that touch no patient's record: without an event the database
   * shows none.
   */
  trail?: 'always' | 'refusals'
  /**
   * Row security shows it every location of the practice, wherever the actor works. For the few actions by which somebody comes to a
   * patient of another location at all, and for explaining; server/test/access-table.test.ts lists them.
   */
  reach?: 'practice'
  /** Changes what a session remembers of its person (limits, whom she may reach): asked anew at her next request. */
  changesStanding?: true
  /** Dangerous: whoever does it has shown within the last minutes that it is she (password and second factor, or passkey). */
  stepUp?: true
  /**
   * Never barred by a limit, because it is how one gets out of it or away: the own session, enrolling the device at which one sits.
   * Possible only for actions that touch no patient's record.
   */
  wayOut?: true
  /** What to tell the person when a constraint of the database decides (two people, one slot), by its name. */
  clashes?: Record<string, string>
  /** Constraints that clash only when two come first at the same moment: it is done again, and finds what the other left. */
  raced?: readonly string[]
  input: z.ZodType<I>
  output: z.ZodType<O>
  run: (tx: Tx, input: I) => Promise<O>
}

export const action = <I, O>(definition: Action<I, O>): Action<I, O> => {
  ACTIONS.set(definition.name, definition as Action<unknown, unknown>)
  return definition
}

/** Every action of the running system by name: what docs/access-matrix.md and the invariant tests walk over. */
export const ACTIONS = new Map<string, Action<unknown, unknown>>()
