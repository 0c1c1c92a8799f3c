import type { z } from 'zod'
import type { Phi } from './action.ts'
import type { Refusal } from './errors.ts'
import type { Rec, Value } from './record.ts'
import type { Where } from './statement.ts'

export type ActorKind = 'staff' | 'patient' | 'link' | 'public' | 'job' | 'operator'

/** Who is asking. There is no system user: a job has a name and a role like everybody else. */
export interface Actor {
  kind: ActorKind
  /** `usr_…`, `pat_…`, `rep_…` (who acts for a patient), `lnk_…`, `job:<name>`, `public`, `operator:<command>` */
  id: string
  practiceId: string
  roles: readonly string[]
  /** What the practice calls them. */
  roleTitles?: readonly string[]
  /** Names of the actions that the roles open; `content/roles.json` says which, docs/access-matrix.md shows them. */
  grants: ReadonlySet<string>
  /** The locations where this actor works, or `'*'` for all of the practice. */
  places: readonly string[] | '*'
  /** The patient that a patient, her representative or a link stands for. */
  patientId?: string
  /** The session or link by which the actor came. */
  via?: string
  /** The network from which somebody not signed in asks: for counting tries, never stored but as a keyed hash. */
  network?: string
  /** The enrolled device that she sits at. */
  deviceId?: string
  /** What her standing (training, licence, …) or her device takes away from what her roles give. */
  limits?: readonly Limit[]
  /** When she last showed that it is she, with both factors. */
  provenAt?: string
  /** Patients of other locations whom she may reach for a while, for a reason that is on record. */
  elsewhere?: ReadonlySet<string>
  /** How long an appointment makes a relation, as the practice has set it. */
  care?: CareWindow
}

/** Days before and after an appointment in which it opens the chart to whom it is with. */
export interface CareWindow {
  daysBack: number
  daysAhead: number
}

/** The action whose grant shows contact data in full, in every answer. */
export const SHOWS_CONTACT = 'patient.contact'

/** A refusal that waits for whatever touches a patient this closely: `identity` bars clinical records too, `none` everything. */
export interface Limit extends Refusal {
  bars: Phi
  /** Only these actions. Left out: whatever comes as close as `bars`. */
  actions?: string[]
}
const CLOSENESS: Record<Phi, number> = { none: 0, identity: 1, clinical: 2 }
/** The first limit that stands in the way of this action. */
export const limitOn = ({ name, phi }: { name: string; phi: Phi }, limits: readonly Limit[] = []): Limit | undefined =>
  limits.find(({ bars, actions }) => (actions ? actions.includes(name) : CLOSENESS[bars] <= CLOSENESS[phi]))
/** Whether a floor that ends at `highest` leaves this within reach. */
export const isWithin = (phi: Phi, highest: Phi): boolean => CLOSENESS[phi] <= CLOSENESS[highest]

export interface Ask<I = unknown> {
  actor: Actor
  /** The patient whose record is asked for, `'*'` across patients, `'-'` none. */
  patient: string
  input: I
  now: string
}

/** A question that the database answers together with the opening of the gate: is there such a row? */
export interface Fact {
  record: Rec
  where: (ask: Ask) => Record<string, unknown>
  /** Until when it holds, from the latest value of a field: only asked for when a decision is explained. */
  until?: { field: string; from: (latest: string, ask: Ask) => string }
}

export const exists = <R extends Rec>(
  record: R,
  where: (ask: Ask) => Where<Value<R>>,
  until?: { field: keyof Value<R> & string; from: (latest: string, ask: Ask) => string },
): Fact => ({ record, where, ...(until ? { until } : {}) })

export type Verdict = true | Refusal

/**
 * A rule answers one question about who is asking, about whom, and explains itself when the answer is no. It never loads the record asked
 * for. All the facts of an action's rules are read in one query.
 */
export interface Rule {
  name: string
  /** For docs/access-matrix.md: "the patient's own", "has an appointment with her this week". */
  words: string
  facts: readonly Fact[]
  decide: (ask: Ask, holds: (fact: Fact) => boolean) => Verdict
  /** What it is made of, so that a decision can be explained part by part (explain.ts). A leaf has none. */
  of?: { how: 'all' | 'any'; parts: readonly Rule[] }
  /** What the input must say before a leaf can be decided: the single record that is asked for. */
  needs?: z.ZodType
}
interface RuleOptions {
  needs?: z.ZodType
}

/** The actor's own standing decides; nothing is looked up. */
export const when = (name: string, words: string, test: (ask: Ask) => boolean, no: (ask: Ask) => Omit<Refusal, 'rule'>, options: RuleOptions = {}): Rule => ({
  ...options,
  name,
  words,
  facts: [],
  decide: (ask) => test(ask) || { rule: name, ...no(ask) },
})

/** A row must be there (or, with `unless`, must not). */
export const given = (name: string, words: string, fact: Fact, no: (ask: Ask) => Omit<Refusal, 'rule'>, options: RuleOptions = {}): Rule => ({
  ...options,
  name,
  words,
  facts: [fact],
  decide: (ask, holds) => holds(fact) || { rule: name, ...no(ask) },
})

export const unless = (name: string, words: string, fact: Fact, no: (ask: Ask) => Omit<Refusal, 'rule'>, options: RuleOptions = {}): Rule => ({
  ...options,
  name,
  words,
  facts: [fact],
  decide: (ask, holds) => !holds(fact) || { rule: name, ...no(ask) },
})

export const all = (...rules: Rule[]): Rule => ({
  of: { how: 'all', parts: rules },
  name: rules.map((r) => r.name).join(' and '),
  words: rules.map((r) => r.words).join(', and '),
  facts: rules.flatMap((r) => r.facts),
  decide: (ask, holds) => {
    for (const rule of rules) {
      const verdict = rule.decide(ask, holds)
      if (verdict !== true) return verdict
    }
    return true
  },
})

/** The first that allows decides; when none does, the first one's reasons are given. */
export const any = (...rules: Rule[]): Rule => ({
  of: { how: 'any', parts: rules },
  name: rules.map((r) => r.name).join(' or '),
  words: rules.map((r) => r.words).join(', or '),
  facts: rules.flatMap((r) => r.facts),
  decide: (ask, holds) => {
    let first: Verdict | undefined
    for (const rule of rules) {
      const verdict = rule.decide(ask, holds)
      if (verdict === true) return true
      first ??= verdict
    }
    return first ?? { rule: 'none', why: 'No rule allows this.', whoCanFix: 'The practice owner' }
  },
})

/** Nothing beyond the role: the action itself shows little enough for everybody whose role includes it. */
export const roleAlone: Rule = { name: 'role', words: 'the role is enough', facts: [], decide: () => true }

/** The record of the patient who asks, or whom the link stands for. */
export const isSelf: Rule = when(
  'own-record',
  "the patient's own record",
  ({ actor, patient }) => actor.patientId !== undefined && actor.patientId === patient,
  () => ({ why: 'This is not your record.', whoCanFix: 'The front desk of your practice' }),
)
