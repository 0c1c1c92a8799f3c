import type { Ask, Fact, Rule } from './policy.ts'

/** Whether a fact holds, and until when if it ends. Undefined: it depends on a record that nobody named. */
export type Answer = { holds: boolean; until?: string } | undefined

/** What one part of a rule says, and what its parts say. */
export interface Explained {
  name: string
  words: string
  verdict: 'yes' | 'no' | 'depends'
  /** Why not. */
  why?: string
  /** Of a yes: the instant at which it ends by itself. */
  until?: string
  how: 'one' | 'all' | 'any'
  parts: Explained[]
}

const earliest = (untils: readonly (string | undefined)[]) => untils.filter((u) => u !== undefined).toSorted()[0]

const together = (how: 'all' | 'any', parts: readonly Explained[]): Pick<Explained, 'verdict' | 'why' | 'until'> => {
  const firstNo = parts.find(({ verdict }) => verdict === 'no')
  const yes = parts.filter(({ verdict }) => verdict === 'yes')
  const depends = parts.some(({ verdict }) => verdict === 'depends')
  const no = firstNo?.why === undefined ? {} : { why: firstNo.why }
  if (how === 'all') {
    if (firstNo) return { verdict: 'no', ...no }
    const until = earliest(yes.map((part) => part.until))
    return depends ? { verdict: 'depends' } : { verdict: 'yes', ...(until ? { until } : {}) }
  }
  if (yes.length > 0) {
    // Whatever lasts longest carries it; one without an end, for ever.
    const until = yes.every((part) => part.until) ? yes.map((part) => part.until ?? '').toSorted().at(-1) : undefined
    return { verdict: 'yes', ...(until ? { until } : {}) }
  }
  return depends ? { verdict: 'depends' } : { verdict: 'no', ...no }
}

const leaf = (rule: Rule, ask: Ask, answer: (fact: Fact) => Answer): Pick<Explained, 'verdict' | 'why' | 'until'> => {
  if (rule.needs && !rule.needs.safeParse(ask.input).success) return { verdict: 'depends' }
  const answers = rule.facts.map(answer)
  if (answers.includes(undefined)) return { verdict: 'depends' }
  const decided = rule.decide(ask, (fact) => answer(fact)?.holds === true)
  if (decided !== true) return { verdict: 'no', why: decided.why }
  const until = earliest(answers.map((a) => (a?.holds ? a.until : undefined)))
  return { verdict: 'yes', ...(until ? { until } : {}) }
}

/** The same decision that the gate makes, leaf by leaf, so that a person can read why. Pure: the facts are answered by the caller. */
export const explainRule = (rule: Rule, ask: Ask, answer: (fact: Fact) => Answer): Explained => {
  const { name, words, of } = rule
  if (!of) return { name, words, how: 'one', parts: [], ...leaf(rule, ask, answer) }
  const parts = of.parts.map((part) => explainRule(part, ask, answer))
  return { name, words, how: of.how, parts, ...together(of.how, parts) }
}
