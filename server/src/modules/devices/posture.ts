import type { z } from 'zod'
import { afterDays } from '#kernel/clock.ts'
import type { Value } from '#kernel/record.ts'
import { compareVersions, oldestOf, reliedOnSince, requiredOf, RULES, stepsFor, type Decided } from './rules.ts'
import type { device, deviceFact, FactLine, FactName, FactSource, Posture, PostureState } from './schema.ts'

type Fact = Pick<Value<typeof deviceFact>, 'name' | 'source' | 'value' | 'at'>
type Kept = Pick<Value<typeof device>, 'kind' | 'platform'>

/** Machines are believed before people who looked, and a browser about nothing that a rule asks. */
const isEvidence = (source: FactSource) => source !== 'browser'
const isFresh = (fact: Fact, of: Kept, policy: Decided, now: string) =>
  fact.source === 'seen' ? fact.at > afterDays(now, -RULES.attestedForDays) : fact.at >= reliedOnSince(of.kind, policy, now)

/** What is believed: the newest report that is fresh enough; what a person saw only where no machine reports; else the newest of all. */
const believed = (facts: readonly Fact[], isFreshFact: (fact: Fact) => boolean): Fact | undefined => {
  const newest = facts.toSorted((a, b) => (a.at < b.at ? 1 : -1))
  return newest.find((f) => isFreshFact(f) && f.source !== 'seen') ?? newest.find(isFreshFact) ?? newest[0]
}

/** `macos 15.3.1` → platform and version. */
const versionIn = (value: string) => {
  const [platform = '', version = ''] = value.split(' ')
  return { platform, version }
}
const judged = (name: FactName, value: string, policy: Decided): 'good' | 'bad' | 'unknown' => {
  if (name === 'os-version') {
    const { platform, version } = versionIn(value)
    const oldest = oldestOf(platform, policy)
    if (!/^\d+(\.\d+)*$/.test(version)) return 'unknown'
    return oldest === undefined || compareVersions(version, oldest) >= 0 ? 'good' : 'bad'
  }
  const { good, bad } = RULES.facts[name] ?? {}
  return value === good ? 'good' : value === bad ? 'bad' : 'unknown'
}
const wanted = (name: FactName, of: Kept, policy: Decided, reported?: string) => {
  if (name !== 'os-version') return RULES.facts[name]?.says[RULES.facts[name]?.good ?? ''] ?? ''
  const platform = reported ? versionIn(reported).platform : of.platform
  const oldest = oldestOf(platform, policy)
  return oldest ? `${platform} ${oldest} or newer` : 'Any version that its maker still updates'
}

/** How a device is kept against what its kind must be. What nobody reported is unknown, never good. */
export const postureOf = (of: Kept, facts: readonly Fact[], policy: Decided, now: string): z.infer<typeof Posture> => {
  const fresh = (fact: Fact) => isFresh(fact, of, policy, now)
  const lines = requiredOf(of.kind, policy).map((fact): FactLine => {
    const found = believed(facts.filter((f) => f.name === fact && isEvidence(f.source)), fresh)
    const verdict = found ? judged(fact, found.value, policy) : 'unknown'
    // Something bad stays bad until somebody reports otherwise; only what was good grows stale.
    const state = found && verdict === 'good' && !fresh(found) ? 'stale' : verdict
    return {
      fact, title: RULES.facts[fact]?.title ?? fact, state, wants: wanted(fact, of, policy, found?.value), steps: stepsFor(fact, of.platform),
      says: found ? (RULES.facts[fact]?.says[found.value] ?? found.value) : 'Unknown: nothing has reported it',
      ...(found ? { source: found.source, at: found.at } : {}),
    }
  })
  const state: z.infer<typeof PostureState> = lines.some((l) => l.state === 'bad') ? 'bad' : lines.some((l) => l.state !== 'good') ? 'unknown' : 'good'
  return { state, lines }
}
