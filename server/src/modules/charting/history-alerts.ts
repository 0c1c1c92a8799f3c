import { z } from 'zod'
import content from '../../../../content/chart-alerts.json' with { type: 'json' }
import type { Value } from '#kernel/record.ts'
import { AlertKind, Severity } from '#schema/forms'
import { nameOf, type allergy, type Coded, type condition, type medication } from '#schema/history'
import type { Alert } from './schema.ts'

type Allergy = Pick<Value<typeof allergy>, 'code' | 'status' | 'verification' | 'criticality' | 'reactions'>
type Medication = Pick<Value<typeof medication>, 'code' | 'status'>
type Condition = Pick<Value<typeof condition>, 'code' | 'status' | 'verification' | 'occurred'>

const Rule = z.object({
  kind: AlertKind,
  severity: Severity,
  says: z.string().default(''),
  words: z.array(z.string()).min(1),
})
// Parsed at start: a misspelt kind never waits for the patient who has it.
const { medications: MEDICATIONS, conditions: CONDITIONS } = z
  .object({ medications: z.array(Rule), conditions: z.array(Rule) })
  .parse(content)

/** No longer so; everything else, unknown included, is worth a question. */
const OVER = new Set(['inactive', 'remission', 'resolved'])
const TAKEN = new Set(['active', 'on-hold', 'unknown'])

const ruleFor = (rules: readonly z.infer<typeof Rule>[], { text, display, also }: Coded) => {
  const called = [text, display, ...(also ?? []).map((other) => other.display)].join(' ').toLowerCase()
  return rules.find(({ words }) => words.some((word) => called.includes(word)))
}

const allergyAlert = ({ code, criticality, reactions }: Allergy): Alert => {
  const isSevere = criticality === 'high' || reactions.some(({ severity }) => severity === 'severe')
  const manifestations = new Set(reactions.flatMap((reaction) => reaction.manifestations))
  return {
    kind: 'allergy',
    severity: isSevere ? 'stop' : 'caution',
    text: `Allergy: ${nameOf(code)}`,
    detail: [...manifestations].join(', '),
    source: 'history',
  }
}

const medicationAlert = ({ code }: Medication): Alert[] => {
  const rule = ruleFor(MEDICATIONS, code)
  return rule
    ? [{ kind: rule.kind, severity: rule.severity, text: nameOf(code), detail: rule.says, source: 'history' }]
    : []
}

const conditionAlert = ({ code, occurred }: Condition): Alert[] => {
  const rule = ruleFor(CONDITIONS, code)
  const since = occurred?.start?.slice(0, 10)
  return rule
    ? [
        {
          kind: rule.kind,
          severity: rule.severity,
          text: nameOf(code),
          detail: since ? `since ${since}` : '',
          source: 'history',
        },
      ]
    : []
}

/** Alerts from an imported history: every allergy that stands, and what content/chart-alerts.json names. */
export const alertsFromHistory = (history: {
  allergies: readonly Allergy[]
  medications: readonly Medication[]
  conditions: readonly Condition[]
}): Alert[] => {
  const stands = ({ status, verification }: { status: string; verification: string }) =>
    !OVER.has(status) && verification !== 'refuted'
  return [
    ...history.allergies.filter(stands).map(allergyAlert),
    ...history.conditions.filter((c) => stands(c) && c.occurred?.end === undefined).flatMap(conditionAlert),
    ...history.medications.filter(({ status }) => TAKEN.has(status)).flatMap(medicationAlert),
  ]
}

const rank = ({ severity, kind }: Alert) => Severity.options.indexOf(severity) * 100 + AlertKind.options.indexOf(kind)

/** The worst first, allergies before the rest; the same thing said twice is one line. */
export const ranked = (alerts: readonly Alert[]): Alert[] => {
  const seen = new Set<string>()
  const once = alerts.filter(({ kind, text }) => {
    const key = `${kind} ${text.toLowerCase()}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
  return once.toSorted((a, b) => rank(a) - rank(b))
}
