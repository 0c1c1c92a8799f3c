import { Temporal } from 'temporal-polyfill'
import type { Limit } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { ATTESTATIONS, LICENCE_NEEDS, LICENCES, LICENSED_ACTIONS, type Attestation } from './content.ts'
import type { AccessSettings, Gate, GateState, personFact } from './schema.ts'

export type Fact = Pick<Value<typeof personFact>, 'kind' | 'what' | 'heldFrom' | 'heldUntil' | 'version' | 'result'>
export interface Judged {
  /** The shipped roles that hers are made from. */
  basedOn: readonly string[]
  since: string
  timeZone: string
}
/** Days before something ends at which she is told. */
const TOLD_DAYS_BEFORE = 30

/** The date on a wall in that zone. */
export const dayIn = (timeZone: string, instant: string): string => Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
/** The instant at which that day is over there. */
export const endOfDay = (timeZone: string, day: string): string =>
  Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).toInstant().toString({ smallestUnit: 'millisecond' })
export const plusDays = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString()
const later = (a: string, b: string) => (a > b ? a : b)

const FROM = { training: 'trainingFrom', attestation: 'attestationFrom', licence: 'licenceFrom', exclusion: 'exclusionFrom' } as const
/** Whether this gate shuts on that day, or the practice only warns. */
const isEnforced = (gate: Gate, settings: AccessSettings, day: string) => {
  const from = settings[FROM[gate]]
  return settings[gate] === 'enforce' || (from !== undefined && from <= day)
}

/** Something is missing or over. `grace`: the last day on which that is borne with. */
interface Finding extends Omit<GateState, 'state' | 'until'> {
  grace?: string
  bars: Limit['bars']
  actions?: readonly string[]
  rule: string
}
/** All is well, until the end of that day if it ends. */
interface Well extends Pick<GateState, 'gate' | 'about' | 'title' | 'citation' | 'basis' | 'whoCanFix'> {
  until?: string
}
type Looked = { well: Well } | { finding: Finding }

const ADMINISTRATOR = 'The owner or the compliance officer, who records it on the team page'
const TRAINING = {
  gate: 'training', about: 'privacy-security', title: 'Privacy and security training', citation: '45 CFR 164.530(b), 164.308(a)(5)', whoCanFix: ADMINISTRATOR,
} as const

const training = (facts: readonly Fact[], today: string, firstGrace: string): Looked => {
  const done = facts.filter(({ kind }) => kind === 'training')
  if (done.length === 0)
    return {
      finding: {
        ...TRAINING, basis: 'law', rule: 'gate-training', bars: 'identity', grace: firstGrace,
        why: 'No initial privacy and security training of yours is on record; nothing of a patient may be opened before it is.',
        fix: { label: 'See what is missing', href: '/standing' },
      },
    }
  const until = done.some(({ heldUntil }) => heldUntil === undefined) ? undefined : done.map(({ heldUntil }) => heldUntil ?? '').toSorted().at(-1)
  if (until === undefined || until >= today) return { well: { ...TRAINING, basis: 'practice', ...(until ? { until } : {}) } }
  return {
    finding: {
      ...TRAINING, basis: 'practice', rule: 'gate-training-lapsed', bars: 'clinical',
      why: `Your privacy and security training was valid until ${until}. Until it is renewed, charts, photos and health answers stay closed.`,
      fix: { label: 'See what is missing', href: '/standing' },
    },
  }
}

const attestation = (doc: Attestation, facts: readonly Fact[], firstGrace: string, graceDays: number): Looked => {
  const common = {
    gate: 'attestation', about: doc.name, title: `Signed: ${doc.title}`, citation: '45 CFR 164.530(i), 164.308(a)(1)(ii)(C)', basis: 'practice', whoCanFix: 'You, by reading and signing it',
  } as const
  if (facts.some(({ kind, what, version }) => kind === 'attestation' && what === doc.name && version === doc.version)) return { well: common }
  return {
    finding: {
      ...common, rule: `gate-attestation-${doc.name}`, bars: 'identity', grace: later(firstGrace, plusDays(doc.effectiveFrom, graceDays)),
      why: `You have not signed “${doc.title}” (${doc.version}).`,
      fix: { label: 'Read and sign', href: `/standing?sign=${doc.name}` },
    },
  }
}

const licence = (basedOn: readonly string[], facts: readonly Fact[], today: string, firstGrace: string): Looked[] =>
  LICENCE_NEEDS.filter(({ role }) => basedOn.includes(role)).map(({ role, anyOf, basis }) => {
    const common = {
      gate: 'licence', about: role, title: 'Licence', citation: 'State practice acts; 45 CFR 164.308(a)(3)(ii)(B)', basis, whoCanFix: ADMINISTRATOR,
    } as const
    const held = facts.filter(({ kind, what, heldFrom }) => kind === 'licence' && anyOf.includes(what) && heldFrom <= today)
    const until = held.map(({ heldUntil }) => heldUntil ?? '').toSorted().at(-1)
    if (until !== undefined && until >= today) return { well: { ...common, until } }
    const fix = { label: 'See what is missing', href: '/standing' }
    const kinds = anyOf.map((name) => LICENCES.get(name) ?? name).join(', ')
    if (until !== undefined)
      return { finding: { ...common, rule: 'gate-licence', bars: 'clinical', actions: LICENSED_ACTIONS, fix, why: `Your licence was in force until ${until}. No treatment may begin until a renewed one is on record.` } }
    return {
      finding: { ...common, rule: 'gate-licence', bars: 'clinical', actions: LICENSED_ACTIONS, grace: firstGrace, fix, why: `No licence of yours is on record (${kinds}). No treatment may begin without one.` },
    }
  })

const EXCLUSION = { gate: 'exclusion', about: 'exclusion-check', title: 'Exclusion lists', citation: '42 CFR 1001.1901; 42 U.S.C. 1320a-7', basis: 'law', whoCanFix: ADMINISTRATOR } as const
const exclusion = (facts: readonly Fact[]): { looked: Looked; isOnlyMissing: boolean } => {
  const checks = facts.filter(({ kind }) => kind === 'exclusion-check').toSorted((a, b) => b.heldFrom.localeCompare(a.heldFrom))
  const lists = new Map(checks.toReversed().map((check) => [check.what, check]))
  const hit = [...lists.values()].find(({ result }) => result === 'excluded')
  const fix = { label: 'See what is missing', href: '/standing' }
  if (hit)
    return {
      isOnlyMissing: false,
      looked: { finding: { ...EXCLUSION, rule: 'gate-exclusion', bars: 'identity', fix, why: 'You were found on a list of people excluded from federal health care programs: nothing of patients or payments may be done until that is settled.' } },
    }
  if (checks.length === 0) return { isOnlyMissing: true, looked: { finding: { ...EXCLUSION, basis: 'practice', rule: 'gate-exclusion', bars: 'none', fix, why: 'No check of the exclusion lists is on record for you.' } } }
  return { isOnlyMissing: false, looked: { well: EXCLUSION } }
}

export interface GateFound extends GateState {
  limit?: Limit
}

const stateOf = (looked: Looked, settings: AccessSettings, today: string, isOnlyMissing = false): GateFound => {
  if ('well' in looked) {
    const { well } = looked
    const isSoon = well.until !== undefined && plusDays(today, TOLD_DAYS_BEFORE) >= well.until
    return { ...well, state: isSoon ? 'soon' : 'open', why: well.until ? `Good until ${well.until}.` : 'All is well.' }
  }
  const { grace, bars, actions, rule, ...shown } = looked.finding
  if (isOnlyMissing || !isEnforced(shown.gate, settings, today)) return { ...shown, state: 'warned' }
  if (grace !== undefined && today <= grace) return { ...shown, state: 'soon', until: grace }
  const { why, citation, whoCanFix, fix } = shown
  return { ...shown, state: 'shut', limit: { bars, rule, why, citation, whoCanFix, ...(fix ? { fix } : {}), ...(actions ? { actions: [...actions] } : {}) } }
}

/** Each gate on a person, as it stands on a day. Pure: facts in, judgement out. */
export const gatesOn = (who: Judged, facts: readonly Fact[], settings: AccessSettings, today: string): GateFound[] => {
  const firstGrace = plusDays(dayIn(who.timeZone, who.since), settings.graceDays)
  const excluded = exclusion(facts)
  return [
    stateOf(training(facts, today, firstGrace), settings, today),
    ...ATTESTATIONS.map((doc) => stateOf(attestation(doc, facts, firstGrace, settings.graceDays), settings, today)),
    ...licence(who.basedOn, facts, today, firstGrace).map((looked) => stateOf(looked, settings, today)),
    stateOf(excluded.looked, settings, today, excluded.isOnlyMissing),
  ]
}

export const limitsOf = (gates: readonly GateFound[]): Limit[] => gates.flatMap(({ limit }) => limit ?? [])

/** The first later day on which something stands in the way that does not today: when a licence runs out or grace is over. */
export const nextDayWith = (test: (limits: readonly Limit[]) => boolean, who: Judged, facts: readonly Fact[], settings: AccessSettings, today: string): string | undefined => {
  const ends = gatesOn(who, facts, settings, today).flatMap(({ until }) => until ?? [])
  const starts = Object.values(FROM).flatMap((from) => settings[from] ?? [])
  return [...ends.map((day) => plusDays(day, 1)), ...starts]
    .filter((day) => day > today)
    .toSorted()
    .find((day) => test(limitsOf(gatesOn(who, facts, settings, day))))
}
