import { z } from 'zod'
import agreementText from '../../../../content/device-agreement.json' with { type: 'json' }
import content from '../../../../content/device-rules.json' with { type: 'json' }
import { afterDays } from '#kernel/clock.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { devicePolicy, FactName, type DeviceKind, type Platform } from './schema.ts'

const Fact = z.object({ title: z.string(), good: z.string(), bad: z.string(), says: z.record(z.string(), z.string()), citation: z.string() })
const Content = z.object({
  proofSeconds: z.int(),
  sharedIdleMinutes: z.int(),
  enrolWithinMinutes: z.int(),
  pin: z.object({ fewestDigits: z.int(), mostDigits: z.int(), tries: z.int(), fullSignInEveryDays: z.int() }),
  facts: z.record(z.string(), Fact),
  kinds: z.record(z.string(), z.object({ title: z.string(), required: z.array(FactName), reportedWithinDays: z.int() })),
  attestedForDays: z.int(),
  oldest: z.object({ versions: z.record(z.string(), z.string()) }),
  fixes: z.record(z.string(), z.record(z.string(), z.array(z.string()))),
})
export const RULES = Content.parse(content)
export const AGREEMENT = z.object({ version: z.string(), title: z.string(), text: z.array(z.string()) }).parse(agreementText)

type Kind = z.infer<typeof DeviceKind>
export const kindTitle = (kind: Kind) => RULES.kinds[kind]?.title ?? kind
export const FACTS_OF_RULES = Object.keys(RULES.facts).map((name) => FactName.parse(name))

export type Decided = Omit<Value<typeof devicePolicy>, 'id' | 'changedAt' | 'changedBy'>

/** What holds until the practice decides: a first day on which everything works, and a notice on every page that it should not stay so. */
export const AT_FIRST: Decided = {
  unenrolled: 'warn', unknownPosture: 'warn', personalRoles: ['owner', 'compliance-officer', 'medical-director'], alsoRequired: [], oldest: [],
  sharedIdleMinutes: RULES.sharedIdleMinutes,
}

/** The newest decision about devices. */
export const policyOf = async (tx: Tx): Promise<Decided> => {
  const [newest] = await tx.list(devicePolicy, {}, { orderBy: 'changedAt', descending: true, limit: 1 })
  return newest ?? AT_FIRST
}

export const requiredOf = (kind: Kind, policy: Pick<Decided, 'alsoRequired'>): FactName[] => {
  const also = policy.alsoRequired.filter((line) => line.startsWith(`${kind}:`)).map((line) => FactName.parse(line.slice(kind.length + 1)))
  return [...new Set([...(RULES.kinds[kind]?.required ?? []), ...also])]
}
/** Reports from before this say nothing any more. */
export const reliedOnSince = (kind: Kind, policy: Pick<Decided, 'reportedWithinDays'>, now: string) => {
  const days = RULES.kinds[kind]?.reportedWithinDays ?? 30
  return afterDays(now, -Math.min(days, policy.reportedWithinDays ?? days))
}
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}
/** The oldest version that is taken: the stricter of Nacre's and the practice's. */
export const oldestOf = (platform: string, policy: Pick<Decided, 'oldest'>): string | undefined => {
  const own = policy.oldest.filter((line) => line.startsWith(`${platform} `)).map((line) => line.slice(platform.length + 1))
  return [RULES.oldest.versions[platform], ...own].filter((v) => v !== undefined).toSorted(compareVersions).at(-1)
}
export const stepsFor = (fact: FactName, platform: Platform): string[] => RULES.fixes[fact]?.[platform] ?? RULES.fixes[fact]?.['other'] ?? []
